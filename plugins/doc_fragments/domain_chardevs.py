# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/chardevs.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  serials:
    description:
      - The serial ports (C(<serial>)). libvirt shows the first one as a console, too. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      SHARED: chartype
      SHARED: hostend
      target_type:
        description:
          - The bus of the port (C(<target type=…>)). If it is not stated for a new one, libvirt takes the machine's
            own. When it is changed, model and address of before go with it, unless they are stated.
        type: str
        choices:
          - isa-serial
          - usb-serial
          - pci-serial
          - spapr-vio-serial
          - system-serial
          - sclp-serial
          - isa-debug
      model:
        description:
          - The model (C(<target><model name=…>)). If it is not stated, it follows from O(serials[].target_type).
        type: str
        choices:
          - isa-serial
          - usb-serial
          - pci-serial
          - spapr-vty
          - pl011
          - 16550a
          - sclpconsole
          - sclplmconsole
          - isa-debugcon
      port:
        description:
          - Number of the port, from V(0), which identifies it in the list.
        type: int
      SHARED: device
  parallels:
    description:
      - The parallel ports (C(<parallel>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      SHARED: chartype
      SHARED: hostend
      port:
        description:
          - Number of the port, from V(0), which identifies it in the list.
        type: int
      SHARED: device
  consoles:
    description:
      - The consoles (C(<console>)). Those on a serial port are libvirt's view of O(serials), and stay as long as the
        port. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      SHARED: chartype
      SHARED: hostend
      target_type:
        description:
          - >-
            What the guest sees: V(serial) is its first serial port, also if it is not stated; V(virtio) is a virtio
            console; V(sclp) and V(sclplm) are those of s390x.
        type: str
        choices: [serial, virtio, sclp, sclplm]
      port:
        description:
          - Number of the console. libvirt numbers them unless told.
        type: int
      SHARED: device
  channels:
    description:
      - Channels between host and guest (C(<channel>)). They are plugged and unplugged live; any other change of one
        waits for a restart.
    type: list
    elements: dict
    suboptions:
      SHARED: chartype
      SHARED: hostend
      name:
        description:
          - Name of the channel, which identifies it in the list and is what the guest sees. V(org.qemu.guest_agent.0)
            is that of the guest agent.
        type: str
      target:
        description:
          - What the guest sees (C(<target>)), where it is not known by its name.
        type: dict
        suboptions:
          type:
            description:
              - >-
                V(virtio) is a port of that name; V(guestfwd) an address in QEMU's own network, for an interface of
                the type V(user).
            type: str
            choices: [virtio, guestfwd]
          address:
            description:
              - The IP address, of V(guestfwd).
            type: str
          port:
            description:
              - The TCP port, of V(guestfwd).
            type: int
      SHARED: device
""")
