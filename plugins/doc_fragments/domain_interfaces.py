# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/interfaces.py.
    DOCUMENTATION = r"""
options:
  interfaces:
    description:
      - The network interfaces (C(<interface>)).
      - An interface is identified by O(interfaces[].mac), or by O(interfaces[].alias). One that states neither is the
        existing one with the same O(interfaces[].type) and O(interfaces[].source), or else the next in order that is
        not taken, and keeps the MAC address that it has.
      - They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            The kind (the attribute C(type)). If it is not stated for a new interface, it follows from its source:
            V(network), V(bridge), or V(direct) for O(interfaces[].source.dev). V(user) is QEMU's own network, which
            needs no source. A change waits for a restart.
        type: str
        choices: [network, bridge, direct, user, ethernet]
      mac:
        description:
          - The MAC address (C(<mac>)). If it is not stated, an interface keeps the one that it has, and a new one
            gets one by random.
        type: str
      alias:
        description:
          - A name of one's own for the device (C(<alias>)). It starts with V(ua-). A change waits for a restart.
        type: str
      source:
        description:
          - What it is attached to (C(<source>)). A change from a network or bridge to another is live; any other, also
            one of the port group, waits for a restart.
        type: dict
        suboptions:
          network:
            description:
              - Name of a libvirt network. It has to be active when the guest is started.
            type: str
          portgroup:
            description:
              - Name of a port group of the network. If it is not stated, that of before goes with a change of the
                source.
            type: str
          bridge:
            description:
              - Name of a bridge of the managed host.
            type: str
          dev:
            description:
              - Name of a network card of the managed host, which is shared with macvtap.
            type: str
          mode:
            description:
              - How the card is shared, with O(interfaces[].source.dev). If it is not stated, V(vepa).
            type: str
            choices: [vepa, bridge, private, passthrough]
      model:
        description:
          - The model of the card that the guest sees, as V(virtio) or V(e1000e) (C(<model>)). If it is not stated for
            a new interface, libvirt chooses one that guests have a driver for, which is slow; V(virtio) is what most
            want. A change waits for a restart.
        type: str
      link_state:
        description:
          - Whether the cable is plugged in (C(<link>)). V(up) if it is not stated for a new interface. The change is
            live.
        type: str
        choices: [up, down]
      mtu:
        description:
          - The MTU in bytes (C(<mtu>)). If it is not stated, it is left as it is; a new interface has the network's.
            A change waits for a restart.
        type: int
      queues:
        description:
          - The number of queues (C(<driver queues=…>)), with O(interfaces[].model=virtio). If it is not stated, it is
            left as it is; a new interface has one. A change waits for a restart.
        type: int
      filter:
        description:
          - Name of a network filter of libvirt (C(<filterref>)), as V(clean-traffic). An empty one removes it. The
            change is live.
        type: str
      isolated:
        description:
          - Whether it cannot reach other isolated interfaces on the same bridge (C(<port isolated=…>)). V(false) if
            it is not stated for a new interface. A change waits for a restart.
        type: bool
      boot_order:
        description:
          - The place in the boot order, from V(1) (C(<boot order=…>)). If it is not stated, it is left as it is. Not
            together with O(os.boot_devices). A change waits for a restart.
        type: int
"""
