# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Must say what `fleet` in plugins/module_utils does.
    DOCUMENTATION = r"""
options:
  domain:
    description:
      - Names of the domains, or patterns as a shell has them, for example V(web*).
      - Each domain has its turn, also where another one fails. A pattern that no domain matches is no error.
    type: list
    elements: str
    required: true
"""
