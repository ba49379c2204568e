# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/memory.py.
    DOCUMENTATION = r"""
options:
  memory:
    description:
      - The memory that the guest can have (C(<memory>)), in bytes or with a unit as in V(4GiB), rounded up to whole
        KiB (QEMU rounds up to whole MiB). A new domain needs it.
      - O(current_memory) follows it, unless that is stated or was set apart from it before.
      - A change waits for a restart.
    type: str
  current_memory:
    description:
      - The memory that the guest has at present (C(<currentMemory>)), in bytes or with a unit, at most O(memory). If
        it is not stated, a new domain has all of its memory.
      - The change is live. The guest's balloon driver gives or takes the memory in its own time; until it has, the
        option is listed in RV(pending_restart).
    type: str
"""
