# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/displays.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  graphics:
    description:
      - The displays that a person can connect to (C(<graphics>)), at most one of each type. If it is not stated, a
        new domain has none. A change waits for a restart, unless it is told otherwise.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            The protocol, which identifies the display in the list: V(vnc), V(spice) and V(rdp) are for the network,
            V(dbus) for programs of the host, V(sdl) is a window on it, and V(egl-headless) draws with the host's
            graphics card for the others. One that the host's QEMU does not have is refused.
        type: str
        required: true
        choices: [vnc, spice, sdl, egl-headless, dbus, rdp]
      port:
        description:
          - The TCP port. If it is not stated, it is left as it is; that of a new display is chosen by libvirt when
            the guest is started.
        type: int
      tls_port:
        description:
          - The TCP port for encrypted connections (the attribute C(tlsPort)), of V(spice).
        type: int
      websocket:
        description:
          - The TCP port for browsers, of V(vnc); V(-1) for one that libvirt chooses when the guest is started.
        type: int
      autoport:
        description:
          - Whether libvirt chooses free ports when the guest is started. V(true) excludes O(graphics[].port) and
            O(graphics[].tls_port).
        type: bool
      listen:
        description:
          - The address of the host on which it listens. If it is not stated for a new display, it is what the host's
            C(qemu.conf) says, V(127.0.0.1) by default. It is the short form of O(graphics[].listens) with one address.
        type: str
      socket:
        description:
          - Path of a socket on which V(vnc) listens, in place of a port. It is the short form of
            O(graphics[].listens) with one socket.
        type: str
      listens:
        description:
          - Where it listens (C(<listen>)).
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - V(address) is an address of the host, V(network) that of the host in a libvirt network, V(socket) a
                socket, V(none) nowhere.
            type: str
            required: true
            choices: [address, network, socket, "none"]
          address:
            description:
              - The address. If it is not stated, C(qemu.conf) says.
            type: str
          network:
            description:
              - Name of the network.
            type: str
          socket:
            description:
              - Path of the socket. If it is not stated, libvirt makes one.
            type: str
      username:
        description:
          - The user name to connect with, of V(rdp).
        type: str
      passwd:
        description:
          - The password to connect with. QEMU takes the first eight characters of it for V(vnc). It appears in no
            result, difference or log; a change of it is seen. The change is live.
        type: str
      passwd_valid_to:
        description:
          - Until when the password is good, as V(2030-12-24T18:00:00) in UTC (the attribute C(passwdValidTo)). If it
            is not stated, for ever. It needs a password. The change is live.
        type: str
      connected:
        description:
          - >-
            What becomes of clients that are connected when the password is changed: V(keep), V(disconnect), or V(fail)
            where one is. V(vnc) knows V(keep) only. It needs a password. The change is live.
        type: str
      keymap:
        description:
          - The keyboard layout, as V(de). If it is not stated, the client's keys are passed on as they are.
        type: str
      share_policy:
        description:
          - Whether several clients can be connected (the attribute C(sharePolicy)), of V(vnc). If it is not stated,
            V(allow-exclusive).
        type: str
        choices: [allow-exclusive, force-shared, ignore]
      power_control:
        description:
          - Whether clients can switch the guest off (the attribute C(powerControl)), of V(vnc). If it is not stated,
            they cannot.
        type: bool
      replace_user:
        description:
          - Whether a new client takes the place of the one before (the attribute C(replaceUser)), of V(rdp).
        type: bool
      multi_user:
        description:
          - Whether several clients can be connected (the attribute C(multiUser)), of V(rdp).
        type: bool
      display:
        description:
          - The X11 display, as V(:0.0), of V(sdl).
        type: str
      xauth:
        description:
          - Path of the X11 authority file, of V(sdl).
        type: str
      fullscreen:
        description:
          - Whether the window fills the screen, of V(sdl).
        type: bool
      address:
        description:
          - Address of a bus that is there already, of V(dbus). If it is not stated, libvirt starts one.
        type: str
      p2p:
        description:
          - Whether clients are connected to QEMU without a bus, of V(dbus).
        type: bool
      default_mode:
        description:
          - Whether channels are encrypted that O(graphics[].channels) does not list (the attribute C(defaultMode)),
            of V(spice).
        type: str
        choices: [any, secure, insecure]
      channels:
        description:
          - Which channels are encrypted (C(<channel>)), of V(spice).
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The channel, which identifies it in the list.
            type: str
            required: true
            choices: [main, display, inputs, cursor, playback, record, smartcard, usbredir]
          mode:
            description:
              - Whether it is encrypted.
            type: str
            required: true
            choices: [any, secure, insecure]
      image:
        description:
          - How pictures are compressed (C(<image>)), of V(spice).
        type: dict
        suboptions:
          compression:
            description:
              - The method.
            type: str
            choices: [auto_glz, auto_lz, quic, glz, lz, "off"]
      jpeg:
        description:
          - JPEG compression for slow links (C(<jpeg>)), of V(spice).
        type: dict
        suboptions:
          compression:
            description:
              - When it is used.
            type: str
            choices: [auto, never, always]
      zlib:
        description:
          - Compression for slow links (C(<zlib>)), of V(spice).
        type: dict
        suboptions:
          compression:
            description:
              - When it is used.
            type: str
            choices: [auto, never, always]
      playback:
        description:
          - Sound (C(<playback>)), of V(spice).
        type: dict
        suboptions:
          compression:
            description:
              - Whether it is compressed.
            type: bool
      streaming:
        description:
          - Video streams (C(<streaming>)), of V(spice).
        type: dict
        suboptions:
          mode:
            description:
              - What is taken for one.
            type: str
            choices: [filter, all, "off"]
      clipboard:
        description:
          - The clipboard (C(<clipboard>)), of V(spice).
        type: dict
        suboptions:
          copypaste:
            description:
              - Whether one can copy and paste between guest and client. If it is not stated, one can.
            type: bool
      mouse:
        description:
          - The mouse (C(<mouse>)), of V(spice).
        type: dict
        suboptions:
          mode:
            description:
              - Who moves the pointer.
            type: str
            choices: [server, client]
      filetransfer:
        description:
          - Files that are dragged from the client (C(<filetransfer>)), of V(spice).
        type: dict
        suboptions:
          enable:
            description:
              - Whether they are passed to the guest. If it is not stated, they are.
            type: bool
      gl:
        description:
          - Drawing with OpenGL (C(<gl>)).
        type: dict
        suboptions:
          enable:
            description:
              - Whether it is used.
            type: bool
          rendernode:
            description:
              - Path of the host's graphics device. If it is not stated, QEMU chooses.
            type: str
      SHARED: audio
  videos:
    description:
      - The graphics cards (C(<video>)). The first is the one that displays show. libvirt adds one to a domain that
        has O(graphics) and none listed. A change waits for a restart.
    type: list
    elements: dict
    suboptions:
      model:
        description:
          - The model. V(none) is for a guest with a display, and no card. When it is changed, memory, heads and what
            else belonged to the old one go with it, unless they are stated.
        type: str
        required: true
        choices: [vga, cirrus, vmvga, virtio, qxl, bochs, ramfb, "none"]
      ram:
        description:
          - The primary memory of V(qxl) in bytes or with a unit, rounded up to whole KiB. If it is not stated,
            libvirt chooses.
        type: str
      vram:
        description:
          - The video memory in bytes or with a unit, rounded up to whole KiB. If it is not stated, libvirt chooses.
        type: str
      vram64:
        description:
          - The secondary memory of V(qxl) that is addressed with 64 bits, in bytes or with a unit.
        type: str
      vgamem:
        description:
          - The framebuffer of V(qxl) in bytes or with a unit.
        type: str
      heads:
        description:
          - The number of screens. If it is not stated, one.
        type: int
      primary:
        description:
          - Whether it is the one that firmware shows. If it is not stated, the first is.
        type: bool
      blob:
        description:
          - Whether V(virtio) shares memory with the host instead of copying it.
        type: bool
      acceleration:
        description:
          - What the host's graphics card does for the guest (C(<acceleration>)).
        type: dict
        suboptions:
          accel3d:
            description:
              - Whether it draws in three dimensions.
            type: bool
          rendernode:
            description:
              - Path of the host's graphics device, with a driver of its own.
            type: str
      resolution:
        description:
          - The smallest resolution (C(<resolution>)), of V(vga), V(qxl), V(bochs), V(virtio) and V(ramfb).
        type: dict
        suboptions:
          x:
            description:
              - The width in pixels.
            type: int
            required: true
          y:
            description:
              - The height in pixels.
            type: int
            required: true
      driver:
        description:
          - How QEMU provides it (C(<driver>)).
        type: dict
        suboptions:
          name:
            description:
              - Whether QEMU draws itself, or a program of its own.
            type: str
            choices: [qemu, vhostuser]
          SHARED: virtio
      SHARED: device
""")
