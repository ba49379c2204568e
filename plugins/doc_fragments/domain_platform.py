# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/platform.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  inputs:
    description:
      - Input devices (C(<input>)). PS/2 mouse and keyboard are part of every PC and stay although they are not
        listed. The others are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - What it is. V(tablet) tells where the pointer is, so that it follows that of the person's own screen.
            V(passthrough) gives the guest a device of the host, V(evdev) what a device of the host says. It identifies
            the device together with O(inputs[].bus); several such devices are told apart by their order.
        type: str
        required: true
        choices: [tablet, mouse, keyboard, passthrough, evdev]
      bus:
        description:
          - What it is attached to. If it is not stated for a new one, V(usb) for a tablet, V(ps2) for mouse and
            keyboard. V(evdev) has none.
        type: str
        choices: [usb, virtio, ps2]
      model:
        description:
          - The model on the bus V(virtio). A change waits for a restart.
        type: str
        choices: [virtio, virtio-transitional, virtio-non-transitional]
      source:
        description:
          - The host's device (C(<source>)). A change waits for a restart.
        type: dict
        suboptions:
          evdev:
            description:
              - Path of the device, of the type V(passthrough), as V(/dev/input/event1).
            type: str
          dev:
            description:
              - Path of the device, of the type V(evdev), as V(/dev/input/event1).
            type: str
          grab:
            description:
              - V(all) takes all devices of the type V(evdev) together with this one.
            type: str
            choices: [all]
          grab_toggle:
            description:
              - The keys that give the device to the guest and back (the attribute C(grabToggle)).
            type: str
            choices: [ctrl-ctrl, alt-alt, shift-shift, meta-meta, scrolllock, ctrl-scrolllock]
          repeat:
            description:
              - Whether keys that are held repeat.
            type: bool
      driver:
        description:
          - Options on the bus V(virtio) (C(<driver>)). A change waits for a restart.
        type: dict
        suboptions:
          SHARED: virtio
      SHARED: device
  rngs:
    description:
      - Random number generators (C(<rng>)). They are plugged and unplugged live.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. A change waits for a restart.
        type: str
        required: true
        choices: [virtio, virtio-transitional, virtio-non-transitional]
      backend:
        description:
          - Where the numbers come from (C(<backend>)). Needed. A change waits for a restart.
        type: dict
        suboptions:
          model:
            description:
              - >-
                V(random) reads O(rngs[].backend.device), V(builtin) is QEMU's own source, V(egd) a program at
                O(rngs[].backend.source). When it is changed, what the old one had goes with it, unless it is stated.
            type: str
            required: true
            choices: [random, egd, builtin]
          device:
            description:
              - Path of the host's device, with O(rngs[].backend.model=random). If it is not stated, V(/dev/urandom).
            type: str
          type:
            description:
              - The kind of connection to the program of V(egd), as V(tcp) or V(unix).
            type: str
            choices:
              - pty
              - dev
              - file
              - pipe
              - unix
              - tcp
              - udp
              - "null"
              - stdio
              - vc
              - spicevmc
              - spiceport
              - qemu-vdagent
              - dbus
          SHARED: hostend
      rate:
        description:
          - How much the guest can take (C(<rate>)). If it is not stated, as much as it likes. A change waits for a
            restart.
        type: dict
        suboptions:
          bytes:
            description:
              - The number of bytes in each period.
            type: int
            required: true
          period:
            description:
              - The length of a period in milliseconds. If it is not stated, 1000.
            type: int
      driver:
        description:
          - Options of virtio devices (C(<driver>)). A change waits for a restart.
        type: dict
        suboptions:
          SHARED: virtio
      SHARED: device
  tpms:
    description:
      - The TPM (C(<tpm>)). A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. If it is not stated for a new one, libvirt chooses.
        type: str
        choices: [tpm-tis, tpm-crb, tpm-spapr, spapr-tpm-proxy]
      backend:
        description:
          - What is behind it (C(<backend>)).
        type: dict
        suboptions:
          type:
            description:
              - V(emulator) is emulated by C(swtpm), which has to be installed on the host and keeps its state there;
                V(passthrough) is the host's own, V(external) one that is there already. When it is changed, what the
                old one had goes with it, unless it is stated.
            type: str
            required: true
            choices: [emulator, passthrough, external]
          version:
            description:
              - The version of the standard, with O(tpms[].backend.type=emulator). If it is not stated for a new one,
                V(2.0) for most models.
            type: str
            choices: ["1.2", "2.0"]
          device:
            description:
              - The host's device (C(<device>)), of V(passthrough).
            type: dict
            suboptions:
              path:
                description:
                  - Its path, as V(/dev/tpm0).
                type: str
                required: true
          encryption:
            description:
              - Encryption of the state (C(<encryption>)), of V(emulator).
            type: dict
            suboptions:
              secret:
                description:
                  - UUID of the libvirt secret that is the key.
                type: str
                required: true
          persistent_state:
            description:
              - Whether the state stays when the definition of a transient guest goes, of V(emulator). V(false) if it is
                not stated for a new one.
            type: bool
          debug:
            description:
              - How much is logged, of V(emulator).
            type: int
          active_pcr_banks:
            description:
              - The banks that are set up at the start of the guest (C(<active_pcr_banks>)), of V(emulator) and version
                V(2.0). If none is stated, they are as they were.
            type: dict
            suboptions:
              sha1:
                description:
                  - Whether that of SHA-1 is.
                type: bool
              sha256:
                description:
                  - Whether that of SHA-256 is.
                type: bool
              sha384:
                description:
                  - Whether that of SHA-384 is.
                type: bool
              sha512:
                description:
                  - Whether that of SHA-512 is.
                type: bool
          source:
            description:
              - Where the state of V(emulator) is, or the socket of V(external) (C(<source>)).
            type: dict
            suboptions:
              type:
                description:
                  - V(file) and V(dir) are of V(emulator), V(unix) is of V(external).
                type: str
                required: true
                choices: [file, dir, unix]
              path:
                description:
                  - Path of the file, directory or socket.
                type: str
                required: true
              mode:
                description:
                  - What QEMU does with the socket.
                type: str
                choices: [connect]
          profile:
            description:
              - What the TPM can do (C(<profile>)), of V(emulator), since libvirt 10.10. libvirt writes its name when
                the TPM was made.
            type: dict
            suboptions:
              source:
                description:
                  - Name of the profile that it is made with.
                type: str
              remove_disabled:
                description:
                  - Whether algorithms that the host has switched off are left out (the attribute C(removeDisabled)).
                type: str
                choices: [check, fips-host]
              name:
                description:
                  - Name of the profile that it was made with.
                type: str
      SHARED: device
  watchdogs:
    description:
      - The watchdogs (C(<watchdog>)). V(itco), which is part of the machine type V(q35) since libvirt 9.1, stays
        although it is not listed. All watchdogs of a guest have the same action. V(i6300esb) is plugged live into a
        guest with conventional PCI slots, as of the machine V(pc), and V(diag288) on s390x; any other change waits
        for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model, which identifies the watchdog in the list.
        type: str
        required: true
        choices: [i6300esb, ib700, diag288, itco]
      action:
        description:
          - What happens when the guest does not feed it in time. If it is not stated, V(reset).
        type: str
        choices: [reset, shutdown, poweroff, pause, none, dump, inject-nmi]
      SHARED: device
  memballoon:
    description:
      - The device by which a guest gives memory back (C(<memballoon>)). libvirt adds a V(virtio) one if none is
        stated.
    type: dict
    suboptions:
      model:
        description:
          - The model; V(none) for no such device. A change waits for a restart.
        type: str
        choices: [virtio, virtio-transitional, virtio-non-transitional, none]
      autodeflate:
        description:
          - Whether the guest gets memory back when it runs out of it (the attribute C(autodeflate)). If it is not
            stated, it does not. A change waits for a restart.
        type: bool
      free_page_reporting:
        description:
          - Whether the guest tells of memory that it does not use, so that the host gets it back (the attribute
            C(freePageReporting)). If it is not stated, it does not. A change waits for a restart.
        type: bool
      stats_period:
        description:
          - Every how many seconds the guest tells about its memory (C(<stats period=…>)). V(0), for never, if it is
            not stated for a new domain. The change is live.
        type: int
      driver:
        description:
          - Options of virtio devices (C(<driver>)). A change waits for a restart.
        type: dict
        suboptions:
          SHARED: virtio
      SHARED: device
""")
