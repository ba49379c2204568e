# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.doc_fragments.domain_shared import with_shared


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/interfaces.py.
    DOCUMENTATION: str = with_shared(r"""
options:
  interfaces:
    description:
      - The network interfaces (C(<interface>)).
      - An interface is identified by O(interfaces[].mac), or by O(interfaces[].alias). One that states neither is the
        existing one with the same O(interfaces[].type) and O(interfaces[].source), or else the next in order that is
        not taken, and keeps the MAC address that it has.
      - They are plugged and unplugged live. A change of one waits for a restart, unless it is told otherwise.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - >-
            The kind (the attribute C(type)). If it is not stated for a new interface, it follows from its source:
            V(network), V(bridge), or V(direct) for O(interfaces[].source.dev).
          - >-
            V(direct) shares a network card of the host by macvtap, V(hostdev) passes one through, V(vdpa) is one that
            speaks virtio itself, V(ethernet) a tap device that nothing is done with, V(vhostuser) a socket of a
            switch of its own, V(user) QEMU's own network or C(passt) (see O(interfaces[].backend)), which needs no
            source. V(udp), V(mcast), V(server) and V(client) connect guests by sockets, and V(null)
            leads nowhere.
          - When it is changed, what only the old kind had (source, backend, virtual port, addresses) goes with it,
            unless it is stated.
        type: str
        choices:
          - network
          - bridge
          - direct
          - user
          - ethernet
          - vhostuser
          - vdpa
          - hostdev
          - mcast
          - udp
          - server
          - client
          - "null"
      mac:
        description:
          - The MAC address (C(<mac>)). If it is not stated, an interface keeps the one that it has, and a new one
            gets one by random.
        type: str
      mac_type:
        description:
          - How the address was made (C(<mac type=…>)). It means something to VMware only.
        type: str
        choices: [generated, static]
      mac_check:
        description:
          - Whether the address is checked (C(<mac check=…>)). It means something to VMware only.
        type: bool
      source:
        description:
          - What it is attached to (C(<source>)). It is stated as a whole. A change from a network or bridge to another
            is live where both are bridges of the host; any other, also one of the port group, or of a network that
            shares a card by macvtap, waits for a restart.
        type: dict
        suboptions:
          network:
            description:
              - Name of a libvirt network. It has to be active when the guest is started, or when the interface is
                plugged.
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
              - >-
                Name of a device of the managed host: a network card that is shared with macvtap, or that the type
                V(user) uses with C(passt); the path of the device of V(vdpa).
            type: str
          mode:
            description:
              - >-
                How the card is shared by V(direct): V(vepa), also if it is not stated, V(bridge), V(private) or
                V(passthrough). What QEMU does with the socket of V(vhostuser): V(server) or V(client).
            type: str
            choices: [vepa, bridge, private, passthrough, server, client]
          type:
            description:
              - The kind of socket of V(vhostuser).
            type: str
            choices: [unix]
          path:
            description:
              - Path of the socket of V(vhostuser).
            type: str
          reconnect:
            description:
              - What is done when the connection of V(vhostuser) is lost (C(<reconnect>)).
            type: dict
            suboptions:
              enabled:
                description:
                  - Whether QEMU connects again.
                type: bool
              timeout:
                description:
                  - After how many seconds.
                type: int
          host:
            description:
              - IP address to send to, or to listen on, of V(udp), V(mcast), V(server) and V(client)
                (C(<source address=…>)).
            type: str
          port:
            description:
              - The port there.
            type: int
          local:
            description:
              - Where V(udp) receives (C(<local>)).
            type: dict
            suboptions:
              host:
                description:
                  - The IP address (C(<local address=…>)).
                type: str
              port:
                description:
                  - The port.
                type: int
                required: true
          address:
            description:
              - The host's device that V(hostdev) passes through (C(<source><address>)).
            type: dict
            suboptions:
              type:
                description:
                  - The bus that it is on.
                type: str
                required: true
                choices: [pci]
              domain:
                description:
                  - Domain of the PCI bus.
                type: str
              bus:
                description:
                  - The PCI bus.
                type: str
              slot:
                description:
                  - Slot on the PCI bus.
                type: str
              function:
                description:
                  - Function of the PCI device.
                type: str
          ips:
            description:
              - IP addresses of the host's end of V(ethernet) (C(<ip>)).
            type: list
            elements: dict
            suboptions:
              address:
                description:
                  - The address, which identifies it in the list.
                type: str
                required: true
              family:
                description:
                  - The family. If it is not stated, it follows from the address.
                type: str
                choices: [ipv4, ipv6]
              prefix:
                description:
                  - The length of the prefix.
                type: int
              peer:
                description:
                  - The address of the other end of a point-to-point link.
                type: str
          routes:
            description:
              - Routes over it (C(<route>)).
            type: list
            elements: dict
            suboptions:
              address:
                description:
                  - The network's address, which identifies it in the list.
                type: str
                required: true
              family:
                description:
                  - The family. If it is not stated, it follows from the address.
                type: str
                choices: [ipv4, ipv6]
              prefix:
                description:
                  - The length of the prefix.
                type: int
              gateway:
                description:
                  - The gateway.
                type: str
                required: true
              metric:
                description:
                  - The metric.
                type: int
      managed:
        description:
          - Whether libvirt takes the device of V(hostdev) from the host at the start of the guest and gives it back
            (the attribute C(managed)). If it is not stated, it does not.
        type: bool
      model:
        description:
          - The model of the card that the guest sees, as V(virtio) or V(e1000e) (C(<model>)). V(virtio) if it is not
            stated for a new interface. When it is changed, so is O(interfaces[].address), unless it is stated.
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
        type: int
      queues:
        description:
          - The number of queues (C(<driver queues=…>)), with O(interfaces[].model=virtio). If it is not stated, it is
            left as it is; a new interface has one.
        type: int
      driver:
        description:
          - How QEMU provides the card (C(<driver>)). All but the name of V(hostdev) needs O(interfaces[].model=virtio).
        type: dict
        suboptions:
          name:
            description:
              - >-
                Who carries packets: the host's kernel, V(vhost), or QEMU itself, V(qemu). With the type V(hostdev)
                what passes the device through, V(vfio). If it is not stated, libvirt chooses.
            type: str
            choices: [qemu, vhost, vfio, kvm, xen]
          model:
            description:
              - Name of the host's driver for the device of V(hostdev), as a variant of C(vfio-pci).
            type: str
          rx_queue_size:
            description:
              - >-
                The length of a queue of received packets, a power of two from 256 to 1024.
            type: int
          tx_queue_size:
            description:
              - >-
                The length of a queue of sent packets, a power of two from 256 to 1024. Only V(vhostuser) and V(vdpa)
                have others than 256.
            type: int
          rss:
            description:
              - Whether received packets are spread over queues by a hash.
            type: bool
          rss_hash_report:
            description:
              - Whether the guest is told the hash.
            type: bool
          txmode:
            description:
              - How packets are sent where QEMU does it. libvirt's authors advise to leave it alone.
            type: str
            choices: [iothread, timer]
          ioeventfd:
            description:
              - Whether a processor of the guest goes on while its packets are carried.
            type: bool
          event_idx:
            description:
              - Whether there are fewer interrupts and exits. libvirt's authors advise to leave it alone.
            type: bool
          SHARED: virtio
          host:
            description:
              - What the host does for packets that the guest sends (C(<host>)).
            type: dict
            suboptions:
              csum:
                description:
                  - Checksums.
                type: bool
              gso:
                description:
                  - Segmentation of any kind.
                type: bool
              tso4:
                description:
                  - Segmentation of TCP over IPv4.
                type: bool
              tso6:
                description:
                  - Segmentation of TCP over IPv6.
                type: bool
              ecn:
                description:
                  - Segmentation of TCP with congestion notification.
                type: bool
              ufo:
                description:
                  - Fragmentation of UDP.
                type: bool
              mrg_rxbuf:
                description:
                  - Buffers that are merged when packets are received.
                type: bool
          guest:
            description:
              - What the guest does not need to be given in packets that it receives (C(<guest>)).
            type: dict
            suboptions:
              csum:
                description:
                  - Checksums.
                type: bool
              tso4:
                description:
                  - Segmentation of TCP over IPv4.
                type: bool
              tso6:
                description:
                  - Segmentation of TCP over IPv6.
                type: bool
              ecn:
                description:
                  - Segmentation of TCP with congestion notification.
                type: bool
              ufo:
                description:
                  - Fragmentation of UDP.
                type: bool
      backend:
        description:
          - What is behind it on the host (C(<backend>)).
        type: dict
        suboptions:
          type:
            description:
              - The network of the types V(user) and V(vhostuser); V(passt) is the program C(passt), which has to be
                installed on the host, V(default) QEMU's own.
            type: str
            choices: [default, passt]
          tap:
            description:
              - Path of the device that tap devices are made with. If it is not stated, V(/dev/net/tun).
            type: str
          vhost:
            description:
              - Path of the device of vhost. If it is not stated, V(/dev/vhost-net).
            type: str
          log_file:
            description:
              - Path of the log of C(passt) (the attribute C(logFile)).
            type: str
      coalesce:
        description:
          - How many packets are collected before the host is told (C(<coalesce>)).
        type: dict
        suboptions:
          rx:
            description:
              - Those that the guest receives (C(<rx>)).
            type: dict
            suboptions:
              frames:
                description:
                  - Counted in frames (C(<frames>)).
                type: dict
                suboptions:
                  max:
                    description:
                      - The largest number of frames.
                    type: int
      target:
        description:
          - The tap device on the host (C(<target>)).
        type: dict
        suboptions:
          dev:
            description:
              - Its name. If it is not stated, libvirt chooses; names that start with V(vnet) are libvirt's own.
            type: str
          managed:
            description:
              - Whether libvirt makes it, of V(ethernet). If it is not stated, it does.
            type: bool
      guest:
        description:
          - The device in the guest (C(<guest>)).
        type: dict
        suboptions:
          dev:
            description:
              - Its name, for containers; QEMU has no use for it.
            type: str
      script:
        description:
          - Path of a program that sets up the tap device of V(ethernet) (C(<script>)).
        type: str
      downscript:
        description:
          - Path of a program that takes it down (C(<downscript>)).
        type: str
      ips:
        description:
          - IP addresses that the guest gets from QEMU's own network, or from C(passt) (C(<ip>)).
        type: list
        elements: dict
        suboptions:
          address:
            description:
              - The address, which identifies it in the list.
            type: str
            required: true
          family:
            description:
              - The family. If it is not stated, it follows from the address.
            type: str
            choices: [ipv4, ipv6]
          prefix:
            description:
              - The length of the prefix.
            type: int
      port_forwards:
        description:
          - Ports of the host that lead to the guest (C(<portForward>)), with C(passt).
        type: list
        elements: dict
        suboptions:
          proto:
            description:
              - The protocol.
            type: str
            required: true
            choices: [tcp, udp]
          address:
            description:
              - The host's address. If it is not stated, all.
            type: str
          dev:
            description:
              - The host's network device. If it is not stated, all.
            type: str
          ranges:
            description:
              - The ports (C(<range>)). If they are not stated, all.
            type: list
            elements: dict
            suboptions:
              start:
                description:
                  - The first port, which identifies the range in the list.
                type: int
                required: true
              end:
                description:
                  - The last port. If it is not stated, the first.
                type: int
              to:
                description:
                  - The first port in the guest. If it is not stated, the same.
                type: int
              exclude:
                description:
                  - Whether these ports are left out.
                type: bool
      virtualport:
        description:
          - How it is plugged into a switch that is not a plain bridge (C(<virtualport>)).
        type: dict
        suboptions:
          type:
            description:
              - The kind of switch. When it is changed, the parameters of before go with it, unless they are stated.
            type: str
            choices: [openvswitch, midonet, 802.1Qbg, 802.1Qbh]
          profileid:
            description:
              - Name of a profile of the switch, of V(openvswitch) and V(802.1Qbh).
            type: str
          interfaceid:
            description:
              - UUID of the port, of V(openvswitch) and V(midonet). libvirt makes one if none is stated.
            type: str
          managerid:
            description:
              - Number of the manager of port types, of V(802.1Qbg).
            type: int
          typeid:
            description:
              - Number of the port type, of V(802.1Qbg).
            type: int
          typeidversion:
            description:
              - Version of the port type, of V(802.1Qbg).
            type: int
          instanceid:
            description:
              - UUID of the port, of V(802.1Qbg).
            type: str
      vlan:
        description:
          - The VLANs (C(<vlan>)), of an Open vSwitch, and of plain bridges since libvirt 11.0.
        type: dict
        suboptions:
          trunk:
            description:
              - Whether packets keep their tags. With more than one tag they do.
            type: bool
          tags:
            description:
              - The tags (C(<tag>)).
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - The VLAN, which identifies the tag in the list.
                type: int
                required: true
              native_mode:
                description:
                  - Whether packets without a tag are of this VLAN, and are sent with or without one (the attribute
                    C(nativeMode)).
                type: str
                choices: [tagged, untagged]
      filter:
        description:
          - Name of a network filter of libvirt (C(<filterref>)), as V(clean-traffic). An empty one removes it, and its
            parameters. It is for the types V(network), V(bridge) and V(ethernet). The change is live.
        type: str
      filter_parameters:
        description:
          - Values for the variables of O(interfaces[].filter) (C(<parameter>)). Several values of one variable are
            several items. The change is live.
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - Name of the variable, as V(IP). Together with its value it identifies the item in the list.
            type: str
            required: true
          value:
            description:
              - The value.
            type: str
            required: true
      bandwidth:
        description:
          - Limits of what the guest receives and sends (C(<bandwidth>)), each in bytes or with a unit, rounded up to
            whole KiB. The change is live where it has a device on the host, of the types V(network), V(bridge),
            V(ethernet) and V(direct).
        type: dict
        suboptions:
          inbound:
            description:
              - What the guest receives (C(<inbound>)).
            type: dict
            suboptions:
              average:
                description:
                  - The average in a second.
                type: str
              peak:
                description:
                  - The most in a second.
                type: str
              burst:
                description:
                  - How much can be received at the peak rate.
                type: str
              floor:
                description:
                  - What is granted in a second, where O(interfaces[].source.network) has a limit.
                type: str
          outbound:
            description:
              - What the guest sends (C(<outbound>)).
            type: dict
            suboptions:
              average:
                description:
                  - The average in a second.
                type: str
              peak:
                description:
                  - The most in a second.
                type: str
              burst:
                description:
                  - How much can be sent at the peak rate.
                type: str
      tune:
        description:
          - Tuning of the tap device (C(<tune>)).
        type: dict
        suboptions:
          sndbuf:
            description:
              - How many bytes of what the guest sends are buffered (C(<sndbuf>)).
            type: int
      isolated:
        description:
          - Whether it cannot reach other isolated interfaces on the same bridge (C(<port isolated=…>)). V(false) if
            it is not stated for a new interface.
        type: bool
      trust_guest_rx_filters:
        description:
          - Whether the host lets the guest change its MAC address and what it listens to (the attribute
            C(trustGuestRxFilters)), of V(direct). V(false) if it is not stated for a new interface.
        type: bool
      teaming:
        description:
          - Two interfaces of which the guest makes one, so that it can be migrated with a device passed through
            (C(<teaming>)).
        type: dict
        suboptions:
          type:
            description:
              - V(persistent) is the virtio interface that stays, V(transient) the one that comes and goes.
            type: str
            required: true
            choices: [persistent, transient]
          persistent:
            description:
              - O(interfaces[].alias) of the one that stays, of V(transient).
            type: str
      SHARED: boot
      SHARED: rom
      SHARED: device
""")
