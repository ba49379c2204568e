# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/extras.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  shmems:
    description:
      - Memory that guests share (C(<shmem>)). It is plugged and unplugged live; a change of one that stays waits for a
        restart.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the memory on the host (the attribute C(name)). It identifies the item.
        type: str
        required: true
      model:
        description:
          - The device of QEMU (C(<model type=…>)). V(ivshmem-doorbell) has a server.
        type: str
        choices: [ivshmem, ivshmem-plain, ivshmem-doorbell]
      role:
        description:
          - Whether the memory stays with the guest when it is migrated, V(master), or not, V(peer) (the attribute
            C(role)).
        type: str
        choices: [master, peer]
      size:
        description:
          - Its size (C(<size>)), in bytes or with a unit. If it is not stated, 4 MiB.
        type: str
      server:
        description:
          - Path of the socket of the server (C(<server path=…>)).
        type: str
      msi:
        description:
          - Interrupts of V(ivshmem-doorbell) (C(<msi>)).
        type: dict
        suboptions:
          vectors:
            description:
              - Their number.
            type: int
          ioeventfd:
            description:
              - Whether they are handled apart from the guest's processors.
            type: bool
      SHARED: device
  iommus:
    description:
      - The guest's IOMMU (C(<iommu>)), of which it can have one. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. V(intel) is for machine V(q35), V(smmuv3) for V(virt).
        type: str
        required: true
        choices: [intel, smmuv3, virtio]
      driver:
        description:
          - What it can do (C(<driver>)).
        type: dict
        suboptions:
          intremap:
            description:
              - Whether interrupts are remapped.
            type: bool
          caching_mode:
            description:
              - Whether the guest may pass devices on (the attribute C(caching_mode)).
            type: bool
          eim:
            description:
              - Whether more than 255 processors are supported.
            type: bool
          iotlb:
            description:
              - Whether devices keep translations.
            type: bool
          aw_bits:
            description:
              - The width of addresses in bits.
            type: int
          dma_translation:
            description:
              - Whether DMA is translated, since libvirt 10.7.
            type: bool
      SHARED: device
  vsocks:
    description:
      - A socket between guest and host (C(<vsock>)), of which it can have one. It is plugged and unplugged live; a
        change
        waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The variant of the virtio device (the attribute C(model)).
        type: str
        choices: [virtio, virtio-transitional, virtio-non-transitional]
      cid:
        description:
          - The guest's address (C(<cid>)).
        type: dict
        suboptions:
          auto:
            description:
              - Whether libvirt chooses one at each start.
            type: bool
          address:
            description:
              - The address, from V(3).
            type: int
      driver:
        description:
          - Options of the virtio device (C(<driver>)).
        type: dict
        suboptions:
          SHARED: virtio
      SHARED: device
  panics:
    description:
      - Devices by which the guest tells that it crashed (C(<panic>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. It identifies the item. If it is not stated, libvirt chooses that of the machine.
        type: str
        choices: [isa, pseries, hyperv, s390, pvpanic]
      SHARED: device
  cryptos:
    description:
      - Devices that encrypt (C(<crypto>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model.
        type: str
        required: true
        choices: [virtio]
      type:
        description:
          - What does the work (the attribute C(type)).
        type: str
        required: true
        choices: [qemu]
      backend:
        description:
          - With what QEMU does it (C(<backend>)).
        type: dict
        suboptions:
          model:
            description:
              - QEMU's own code, V(builtin), or that of the host's kernel, V(lkcf).
            type: str
            required: true
            choices: [builtin, lkcf]
          queues:
            description:
              - The number of queues.
            type: int
      driver:
        description:
          - Options of the virtio device (C(<driver>)).
        type: dict
        suboptions:
          SHARED: virtio
      SHARED: device
  leases:
    description:
      - Leases that the host's lock manager has to grant to the guest (C(<lease>)). They are added and removed live.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - The lease's name in its lockspace (C(<key>)).
        type: str
        required: true
      lockspace:
        description:
          - The lockspace (C(<lockspace>)).
        type: str
      target:
        description:
          - Where the lease is (C(<target>)).
        type: dict
        suboptions:
          path:
            description:
              - Path of the file.
            type: str
            required: true
          offset:
            description:
              - Where in the file, in bytes. V(0) if it is not stated.
            type: int
  nvram:
    description:
      - The memory of machine V(pseries) that keeps its settings (C(<nvram>)). A change waits for a restart.
    type: dict
    suboptions:
      SHARED: device
""")
