# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Must say what `retention` in plugins/module_utils does.
    DOCUMENTATION = r"""
options:
  keep_last:
    description: How many of the newest to keep.
    type: int
  keep_hourly:
    description: Of how many hours to keep the newest.
    type: int
  keep_daily:
    description: Of how many days to keep the newest.
    type: int
  keep_weekly:
    description: Of how many weeks to keep the newest.
    type: int
  keep_monthly:
    description: Of how many months to keep the newest.
    type: int
  keep_yearly:
    description: Of how many years to keep the newest.
    type: int
  max_age:
    description: Seconds after which one is removed, whatever the other rules say, unless it is protected.
    type: int
"""
