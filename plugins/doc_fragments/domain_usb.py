# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/usb.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  hubs:
    description:
      - USB hubs (C(<hub>)). libvirt adds those that the USB devices need. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - The kind of hub (the attribute C(type)).
        type: str
        required: true
        choices: [usb]
      SHARED: device
  redirdevs:
    description:
      - Slots for USB devices that come over the network (C(<redirdev>)). They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      SHARED: chartype
      SHARED: hostend
      SHARED: boot
      SHARED: device
  redirfilter:
    description:
      - Which devices may come, the first that fits decides (C(<redirfilter>)). The order matters. What is not stated in
        an item is any. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      allow:
        description:
          - Whether such a device may come.
        type: bool
        required: true
      class:
        description:
          - The class of USB devices, as V('0x08').
        type: str
      vendor:
        description:
          - The number of the vendor, as V('0x046d').
        type: str
      product:
        description:
          - The number of the product, as V('0xc52b').
        type: str
      version:
        description:
          - The version of the device, as V('2.0').
        type: str
  smartcards:
    description:
      - Readers for smart cards (C(<smartcard>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      mode:
        description:
          - Where the card is. V(host) is one in a reader of the host, V(host-certificates) one made of certificates,
            V(passthrough) one that comes over a character device.
        type: str
        required: true
        choices: [host, host-certificates, passthrough]
      certificates:
        description:
          - The names of three certificates in the database (C(<certificate>)).
        type: list
        elements: str
      database:
        description:
          - Path of the database of certificates (C(<database>)).
        type: str
      type:
        description:
          - The kind of the host's end of V(passthrough), as O(redirdevs[].type).
        type: str
        choices: [pty, dev, file, pipe, unix, tcp, udp, "null", stdio, vc, spicevmc, spiceport, qemu-vdagent, dbus]
      SHARED: hostend
      SHARED: device
""")
