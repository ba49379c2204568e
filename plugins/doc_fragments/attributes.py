# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What every module states about itself; the support of each is stated by the module or by a fragment below.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the result of a real run without changing anything.
  diff_mode:
    description: Returns what has changed, or would change in C(check_mode), when in diff mode.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled by the module has not changed in a relevant way.
  platform:
    description: Target operating systems that can be managed.
    support: full
    platforms: posix
    details:
      - Linux with libvirt 9.0 or newer.
"""

    # Together with the fragment above: a module that declares what should be true.
    STATE_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    # Together with the fragment above: a module that only reads.
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This action does not modify state.
  diff_mode:
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    support: full
    details:
      - This action does not modify state.
"""

    # Together with the fragment above: a module that fills volumes.
    BRINGING = r"""
options: {}
attributes:
  async:
    description: Can be used with the keyword C(async), for what takes long.
    support: partial
    details:
      - Not for a volume that is filled with a file of the controller, which has to be brought from there. Bring it with
        M(ansible.builtin.copy) first, and state C(content.remote_src=true).
"""

    ACTIONGROUP_KVM = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/hypervise.kvm.kvm) in C(module_defaults) to set defaults, for example O(uri), for all modules of
        the collection at once.
    support: full
    membership:
      - hypervise.kvm.kvm
"""
