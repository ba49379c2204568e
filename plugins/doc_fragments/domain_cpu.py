# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/cpu.py.
    DOCUMENTATION = r"""
options:
  vcpus:
    description:
      - The number of processors that the guest can have (C(<vcpu>)). If it is not stated, a new domain has one.
      - O(current_vcpus) follows it, unless that is stated or was set apart from it before. It must fit
        O(cpu.topology), if the domain has one.
      - A change waits for a restart.
    type: int
  current_vcpus:
    description:
      - The number of processors that are plugged in at present (the attribute C(current) of C(<vcpu>)), at most
        O(vcpus). If it is not stated, a new domain has all of them.
      - The change is live. Where QEMU or the guest does not let go of a processor, it waits for a restart.
    type: int
  cpu:
    description:
      - The processor that the guest sees (C(<cpu>)). If it is not stated, a new domain gets libvirt's and QEMU's
        default. A change waits for a restart.
    type: dict
    suboptions:
      mode:
        description:
          - How it is chosen (the attribute C(mode)).
          - V(host-model) is the model nearest to the host's, which other hosts may be able to take over;
            V(host-passthrough) is the host's own; V(maximum) is all that QEMU can do; V(custom) is O(cpu.model).
          - A running guest has what V(host-model) was at its start. When the host would make something else of it by
            now, RV(pending_restart) lists it.
        type: str
        choices: [custom, host-model, host-passthrough, maximum]
      model:
        description:
          - Name of the model with O(cpu.mode=custom) (C(<model>)), one that C(virsh domcapabilities) lists.
          - If O(cpu.mode) is changed and this is not stated, the model of before goes with it.
        type: str
      migratable:
        description:
          - Whether features are left out with which a guest cannot be migrated (the attribute C(migratable)), with
            O(cpu.mode=host-passthrough) or O(cpu.mode=maximum). If it is not stated, libvirt leaves them out.
        type: bool
      topology:
        description:
          - How the guest sees its processors arranged (C(<topology>)). The product of its numbers must be O(vcpus);
            state both to change one. If it is not stated, a new domain has one socket per processor.
        type: dict
        suboptions:
          sockets:
            description:
              - The number of sockets.
            type: int
            required: true
          dies:
            description:
              - The number of dies in a socket. V(1) if it is not stated for a new domain.
            type: int
          cores:
            description:
              - The number of cores in a die.
            type: int
            required: true
          threads:
            description:
              - The number of threads of a core.
            type: int
            required: true
      features:
        description:
          - Features that differ from the model's (C(<feature>)), each with its policy. A running guest has more of
            them; these are the model's, and not compared.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the feature, which identifies it in the list.
            type: str
            required: true
          policy:
            description:
              - V(require) adds it and V(disable) removes it; V(force) adds it although the host does not have it,
                V(optional) adds it where the host has it, and V(forbid) refuses to run on a host that has it. Needed.
            type: str
            choices: [force, require, optional, disable, forbid]
"""
