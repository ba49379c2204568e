# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/security.py.
    DOCUMENTATION = r"""
options:
  seclabels:
    description:
      - The labels of the host's security modules that QEMU and its files get (C(<seclabel>)). libvirt makes one for
        each module at the start, if nothing is stated; such a V(dynamic) one is not removed by leaving it out. A change
        waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - Name of the module, as V(apparmor), V(selinux) or V(dac), which identifies it in the list.
        type: str
        required: true
      type:
        description:
          - V(dynamic) lets libvirt choose, V(static) takes O(seclabels[].label), V(none) uses none. When it is changed,
            what belonged to the one before goes with it.
        type: str
        required: true
        choices: [dynamic, static, none]
      relabel:
        description:
          - Whether libvirt gives the files their label. If it is not stated, it does with V(dynamic).
        type: bool
      label:
        description:
          - The label, with V(static).
        type: str
      baselabel:
        description:
          - What libvirt makes the label of, with V(dynamic).
        type: str
  launch_security:
    description:
      - Encryption of the guest's memory against its host (C(<launchSecurity>)). Stated, it replaces what was there; an
        empty dictionary removes it. It is refused where the host does not have it. A change waits for a restart.
    type: dict
    suboptions:
      type:
        description:
          - V(sev) and V(sev-snp) are AMD's, V(s390-pv) is that of IBM Z. Needed with any of the others. V(sev-snp)
            needs libvirt 10.5.
        type: str
        choices: [sev, sev-snp, s390-pv]
      policy:
        description:
          - The policy of the guest, a number as V(0x0033) (C(<policy>)).
        type: str
      kernel_hashes:
        description:
          - Whether the kernel that is booted directly is measured, too (the attribute C(kernelHashes)).
        type: bool
      cbitpos:
        description:
          - Place of the bit that marks encrypted memory (C(<cbitpos>)). If it is not stated, the host's.
        type: int
      reduced_phys_bits:
        description:
          - Bits of an address that are lost by it (C(<reducedPhysBits>)). If it is not stated, the host's.
        type: int
      dh_cert:
        description:
          - The owner's Diffie-Hellman key (C(<dhCert>)), in Base64.
        type: str
      session:
        description:
          - The owner's session (C(<session>)), in Base64.
        type: str
      author_key:
        description:
          - Whether O(launch_security.id_auth) holds the author's key, too (the attribute C(authorKey)).
        type: bool
      vcek:
        description:
          - Whether the guest can be told the chip's key (the attribute C(vcek)).
        type: bool
      guest_visible_workarounds:
        description:
          - Workarounds of the hypervisor that the guest sees (C(<guestVisibleWorkarounds>)), in Base64.
        type: str
      id_block:
        description:
          - What the guest has to be like (C(<idBlock>)), in Base64.
        type: str
      id_auth:
        description:
          - What proves O(launch_security.id_block) (C(<idAuth>)), in Base64.
        type: str
      host_data:
        description:
          - Data of the owner for the report of attestation (C(<hostData>)), in Base64.
        type: str
  keywrap:
    description:
      - Wrapping of cryptographic keys of an IBM Z guest (C(<keywrap>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the cipher, which identifies it in the list.
        type: str
        required: true
        choices: [aes, dea]
      state:
        description:
          - Whether keys for it are wrapped.
        type: bool
        required: true
"""
