# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Must say what `repository.task` in plugins/module_utils does.
    DOCUMENTATION = r"""
options:
  repository:
    description: The directory of the repository, on the host.
    type: path
    required: true
  domain:
    description:
      - Names or UUIDs of the domains whose points are meant, or patterns as a shell has them, for example V(web*). They
        need not exist any more.
      - If it is not given, or empty, that is all of them.
    type: list
    elements: str
    default: []
"""
