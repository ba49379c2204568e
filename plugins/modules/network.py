#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network
short_description: Manage libvirt networks
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Defines, changes, starts, stops and removes the networks of a libvirt host, that is what guests are attached to with
    an interface of type C(network).
  - Only what is stated is compared and changed. What is not stated is left alone, on a new network to libvirt.
  - A list that is stated is the whole list, unless O(keep_unlisted) says otherwise. The order of its items does not
    matter.
  - A change is made to the stored definition, and to the running network where libvirt can do so without taking it from
    its guests; these options say below that a change of them is live. What waits for a restart of the network is listed
    in RV(pending_restart), on this run and on every later one until it was restarted. This module restarts no network
    unless O(restart) allows it.
  - A network that libvirt stops leaves the interfaces of running guests without a link, also when it is started again.
    This module attaches them again when it starts or restarts a network, and takes none from them unless
    O(cut_off_guests) allows it.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.network_links
options:
  name:
    description:
      - The network's name, by which it is found.
    type: str
    required: true
  state:
    description:
      - V(present) makes sure that the network is defined, and leaves it running or stopped as it is.
      - V(active) makes sure that it runs too.
      - V(inactive) makes sure that it is defined and does not run, V(absent) that it is not even defined. Both are
        refused while running guests are attached to it, with their names, unless O(cut_off_guests) allows it.
      - With V(absent) the options of the definition are ignored.
    type: str
    choices: [present, active, inactive, absent]
    default: present
  autostart:
    description:
      - Whether the network is started with the host.
    type: bool
  restart:
    description:
      - Whether the network may be restarted for what waits for that.
      - With V(never) it is not; RV(pending_restart) tells what waits.
      - >-
        V(if_needed) restarts a network that runs if anything would be in RV(pending_restart) otherwise, of this task or
        of an earlier one. The option C(pending_restart) is then among RV(changes).
      - The interfaces of running guests wait meanwhile on another, transient network with C(-restart) behind the name,
        and are attached again. They keep their link state, and are without a connection for about as long as libvirt
        takes to stop and start a network, and for some seconds more where O(bridge.stp) is on, as it is unless stated
        otherwise. A guest that could not be attached again is named in the error. With a bridge of the host, and with
        devices of the host, guests are not interrupted at all.
      - It also attaches guests again whose link was cut by others, as by C(virsh net-destroy) and C(virsh net-start).
        That is the option C(attached) among RV(changes).
      - A restart that was cut off is ended by the next run, whatever is stated here, unless that one stops the network.
    type: str
    choices: [never, if_needed]
    default: never
  cut_off_guests:
    description:
      - Whether O(state=inactive) and O(state=absent) stop a network although running guests are attached to it. They
        lose their link, and get it back when this module starts the network again.
    type: bool
    default: false
  keep_unlisted:
    description:
      - Lists whose items that the task does not state stay, instead of being removed.
      - V(ips.dhcp.hosts) for example lets several tasks each add their own addresses.
    type: list
    elements: str
    choices:
      - dns.forwarders
      - dns.hosts
      - dns.srvs
      - dns.txts
      - ips
      - ips.dhcp.ranges
      - ips.dhcp.hosts
      - routes
      - portgroups
      - portgroups.vlan.tags
      - vlan.tags
  xml:
    description:
      - What no option is for, or all of a network, as libvirt's own XML (U(https://libvirt.org/formatnetwork.html)). A
        whole document C(<network>), or one or several of the elements that are to be in one.
      - Only what it states is compared and changed, as with the other options; elements that one of those is for are
        compared just as that option would be, and are shown by its name. Others are shown by their place, as
        C(xml:metadata/app), and wait for a restart of the network, except for what is below C(<metadata>).
      - Where an option states the same, the option is what counts, and the list of such an option says what is in it.
      - It is checked by libvirt and its schema, not by the module. It is not logged. A change of what no option is for
        is shown in C(diff), though.
    type: str
  uuid:
    description:
      - The network's UUID, C(<uuid>). libvirt makes one for a new network if it is not stated.
      - It cannot be changed.
    type: str
  title:
    description:
      - A short text about the network, C(<title>), for libvirt 9.7 and newer. An empty one removes it.
    type: str
  description:
    description:
      - A text about the network, C(<description>), for libvirt 9.7 and newer. An empty one removes it.
    type: str
  forward:
    description:
      - How the network is connected to the rest of the world, C(<forward>). Without it a network is isolated.
      - All changes of it but O(forward.interfaces) wait for a restart of the network.
    type: dict
    suboptions:
      mode:
        description:
          - V(nat) lets guests out behind the host's address, V(route) lets routed packets through, V(open) leaves
            the host's firewall alone.
          - V(bridge) attaches guests to a bridge that is there, O(bridge.name), or to a device of the host by macvtap.
          - V(private), V(vepa) and V(passthrough) attach guests to a device of the host by macvtap.
          - V(hostdev) hands out PCI devices, in most cases SR-IOV functions.
        type: str
        choices: [nat, route, open, bridge, private, vepa, passthrough, hostdev]
      interfaces:
        description:
          - For V(nat), V(route) and V(open) the one device of the host that the traffic is confined to, for the modes
            that use macvtap the devices from which one is chosen for each guest, C(<interface dev=''/>). Their order
            means nothing.
          - A change is live, unless a device that a running guest uses is taken out.
        type: list
        elements: str
      addresses:
        description:
          - The PCI devices that are handed out, as V(0000:03:10.1), for V(hostdev), C(<address type='pci'/>). Their
            order means nothing.
          - libvirt stores none that is no virtual function of the host, so this was not run by the tests of this
            collection, which have none.
        type: list
        elements: str
      driver:
        description:
          - What binds the devices on the host, for V(hostdev), C(<driver name=''/>).
        type: str
        choices: [vfio, kvm, xen]
      driver_model:
        description:
          - The kernel's driver for them, C(<driver model=''/>), for libvirt 10.0 and newer.
        type: str
      pf:
        description:
          - The physical function whose SR-IOV functions are handed out, C(<pf dev=''/>).
        type: str
      managed:
        description:
          - Whether libvirt takes a device from its driver on the host when it hands it out, and gives it back.
        type: bool
      nat:
        description:
          - How addresses are translated, for O(forward.mode=nat).
        type: dict
        suboptions:
          ipv6:
            description:
              - Whether IPv6 addresses are translated too. libvirt means V(false) where it is not stated.
            type: bool
          address:
            description:
              - The host's addresses that guests appear with. All of the host's if it is not stated.
            type: dict
            suboptions:
              start:
                description: The first address.
                type: str
                required: true
              end:
                description: The last address.
                type: str
                required: true
          port:
            description:
              - The host's ports that guests appear with. libvirt takes 1024 to 65535 if it is not stated.
            type: dict
            suboptions:
              start:
                description: The first port.
                type: int
                required: true
              end:
                description: The last port.
                type: int
                required: true
  bridge:
    description:
      - The bridge that guests are attached to, C(<bridge>). libvirt makes it when the network starts, except with
        O(forward.mode=bridge).
      - All changes of it wait for a restart of the network.
    type: dict
    suboptions:
      name:
        description:
          - The bridge's name. libvirt chooses C(virbr0), C(virbr1) and so on if it is not stated.
        type: str
      stp:
        description:
          - Whether the bridge takes part in the spanning tree protocol. libvirt means V(true) where it is not stated.
        type: bool
      delay:
        description:
          - The seconds for which a new port listens before it forwards. libvirt means V(0) where it is not stated.
        type: int
      zone:
        description:
          - The zone of firewalld that the bridge is put into. The network does not start on a host without firewalld.
        type: str
      mac_table_manager:
        description:
          - Who keeps the bridge's table of addresses. V(libvirt) turns learning and flooding off.
        type: str
        choices: [kernel, libvirt]
  mtu:
    description:
      - The MTU of the bridge and of the guests' interfaces in bytes, 68 to 65535, C(<mtu size=''/>). A change waits for
        a restart of the network.
    type: int
  mac:
    description:
      - The MAC address of the bridge, C(<mac address=''/>). libvirt makes one for a new network if it is not stated. A
        change waits for a restart of the network.
    type: str
  isolated:
    description:
      - Whether guests are kept from reaching each other, C(<port isolated=''/>). A change waits for a restart of the
        network.
    type: bool
  trust_guest_rx_filters:
    description:
      - Whether the host follows changes that a guest makes to its MAC address and filters, for macvtap,
        C(trustGuestRxFilters). A change waits for a restart of the network.
    type: bool
  ipv6:
    description:
      - Whether guests may talk IPv6 to each other on a network without an IPv6 address, C(<network ipv6=''>). A change
        waits for a restart of the network.
    type: bool
  domain:
    description:
      - The DNS domain of the guests, C(<domain>). All changes of it wait for a restart of the network.
    type: dict
    suboptions:
      name:
        description: The domain's name.
        type: str
        required: true
      local_only:
        description:
          - Whether names in this domain are answered by this network's DNS server alone, and never asked for elsewhere.
        type: bool
      register:
        description:
          - Whether the host's systemd-resolved asks this network's DNS server for names in this domain, for
            libvirt 10.1 and newer.
        type: bool
  dns:
    description:
      - The network's DNS server, C(<dns>).
    type: dict
    suboptions:
      enable:
        description:
          - Whether there is a DNS server. libvirt means V(true) where it is not stated. A change waits for a restart of
            the network.
        type: bool
      forward_plain_names:
        description:
          - Whether names without a dot are asked for on the host's own DNS servers. libvirt means V(true) where it is
            not stated. A change waits for a restart of the network.
        type: bool
      forwarders:
        description:
          - The DNS servers that are asked instead of the host's, C(<forwarder>). A change waits for a restart of the
            network.
        type: list
        elements: dict
        suboptions:
          addr:
            description: The server's address. The host's servers if it is not stated.
            type: str
          domain:
            description: The domain that this server is asked for. All if it is not stated.
            type: str
      hosts:
        description:
          - Names that the server knows, C(<host>). An item is found by its O(dns.hosts[].ip). Changes are live.
        type: list
        elements: dict
        suboptions:
          ip:
            description: The address.
            type: str
            required: true
          hostnames:
            description: The names that it has, in this order, at least one.
            type: list
            elements: str
      srvs:
        description:
          - Services that the server knows, C(<srv>). Changes are live.
          - An item is found by O(dns.srvs[].service), O(dns.srvs[].protocol) and, where they are stated,
            O(dns.srvs[].domain) and O(dns.srvs[].target).
        type: list
        elements: dict
        suboptions:
          service:
            description: The service's name without an underscore, for example V(ldap).
            type: str
            required: true
          protocol:
            description: The protocol without an underscore.
            type: str
            required: true
            choices: [tcp, udp]
          domain:
            description: The domain that has the service. The network's O(domain.name) if it is not stated.
            type: str
          target:
            description: The host that offers it. Nobody offers it if this is not stated.
            type: str
          port:
            description: The port at which it is offered. Only together with O(dns.srvs[].target).
            type: int
          priority:
            description: The priority among several targets, 0 to 65535. Only together with O(dns.srvs[].target).
            type: int
          weight:
            description:
              - The weight among several targets of the same priority, 0 to 65535. Only together with
                O(dns.srvs[].target).
            type: int
      txts:
        description:
          - Texts that the server knows, C(<txt>). An item is found by its O(dns.txts[].name). Changes are live.
        type: list
        elements: dict
        suboptions:
          name:
            description: The name.
            type: str
            required: true
          value:
            description: The text.
            type: str
            required: true
  ips:
    description:
      - The host's addresses on the network, C(<ip>). An item is found by its O(ips[].address).
      - A new subnet that overlaps one of another network is refused, and so is one in which there is anything that the
        host routes elsewhere. A route of the host that is wider than the subnet is no hindrance.
      - Live changes of DHCP reach the guests on the network without a lost packet. With O(forward.mode=nat) and
        O(forward.mode=route) libvirt writes the rules of the host's firewall anew for each item of O(ips[].dhcp.hosts)
        and O(ips[].dhcp.ranges); what guests send beyond the host may be lost in that moment.
      - Adding and removing an address waits for a restart of the network.
    type: list
    elements: dict
    suboptions:
      address:
        description: The address of the host, IPv4 or IPv6.
        type: str
        required: true
      prefix:
        description: The length of the subnet's prefix. A change waits for a restart of the network.
        type: int
        required: true
      local_ptr:
        description:
          - Whether names of addresses in this subnet are answered by this network's DNS server alone. A change
            waits for a restart of the network.
        type: bool
      tftp:
        description:
          - A TFTP server, C(<tftp>). A change waits for a restart of the network.
        type: dict
        suboptions:
          root:
            description: The directory on the host that is served.
            type: str
            required: true
      dhcp:
        description:
          - A DHCP server, C(<dhcp>).
        type: dict
        suboptions:
          ranges:
            description:
              - The addresses that it gives away, C(<range>). An item is found by its start and end. Changes are live.
            type: list
            elements: dict
            suboptions:
              start:
                description: The first address.
                type: str
                required: true
              end:
                description: The last address.
                type: str
                required: true
              lease:
                description:
                  - The seconds for which an address is given, at least 120, or V(0) for ever. libvirt means an hour
                    where it is not stated.
                type: int
          hosts:
            description:
              - The addresses that belong to known guests, C(<host>). An item is found by the first stated one of
                O(ips[].dhcp.hosts[].mac), O(ips[].dhcp.hosts[].id) and O(ips[].dhcp.hosts[].name). Changes are live.
            type: list
            elements: dict
            suboptions:
              mac:
                description: The MAC address of the guest's interface, for IPv4.
                type: str
              id:
                description: The DUID of the guest, for IPv6.
                type: str
              name:
                description: The name that the guest asks with, or is given.
                type: str
              ip:
                description: Its address.
                type: str
                required: true
              lease:
                description:
                  - The seconds for which the address is given, at least 120, or V(0) for ever. libvirt means an hour
                    where it is not stated.
                type: int
          bootp:
            description:
              - What guests are told to boot, C(<bootp>). It needs O(ips[].dhcp.ranges) or O(ips[].dhcp.hosts). A change
                waits for a restart of the network.
            type: dict
            suboptions:
              file:
                description: The boot file.
                type: str
                required: true
              server:
                description: The server that has it. The host itself if it is not stated.
                type: str
  routes:
    description:
      - Routes that the host gets while the network runs, C(<route>). An item is found by its O(routes[].address) and
        O(routes[].prefix).
      - All changes wait for a restart of the network.
    type: list
    elements: dict
    suboptions:
      address:
        description: The address of the subnet that is reached.
        type: str
        required: true
      prefix:
        description: The length of its prefix.
        type: int
        required: true
      gateway:
        description: The address in the network through which it is reached.
        type: str
        required: true
      metric:
        description: The route's metric, at least 1. libvirt means V(1) where it is not stated.
        type: int
  dnsmasq_options:
    description:
      - Lines for the configuration file of dnsmasq, the network's DNS and DHCP server, C(<dnsmasq:options>), in this
        order. libvirt passes them on as they are; a wrong one keeps the network from starting.
      - A change waits for a restart of the network.
    type: list
    elements: str
seealso:
  - module: hypervise.kvm.network_info
  - name: Network XML format
    description: What libvirt says about the elements named above.
    link: https://libvirt.org/formatnetwork.html
"""

EXAMPLES = r"""
- name: A network behind NAT, with addresses for known guests
  hypervise.kvm.network:
    name: internal
    state: active
    autostart: true
    forward:
      mode: nat
    domain:
      name: internal.example.com
      local_only: true
    ips:
      - address: 192.168.150.1
        prefix: 24
        dhcp:
          ranges:
            - start: 192.168.150.100
              end: 192.168.150.199
          hosts:
            - mac: 52:54:00:6b:3c:58
              name: web1
              ip: 192.168.150.11

- name: One more address, whatever the network has otherwise (live, guests keep their links)
  hypervise.kvm.network:
    name: internal
    keep_unlisted:
      - ips
      - ips.dhcp.hosts
    ips:
      - address: 192.168.150.1
        prefix: 24
        dhcp:
          hosts:
            - mac: 52:54:00:6b:3c:59
              name: web2
              ip: 192.168.150.12

- name: A bridge of the host that guests are attached to
  hypervise.kvm.network:
    name: lan
    state: active
    autostart: true
    forward:
      mode: bridge
    bridge:
      name: br0

- name: A larger MTU
  hypervise.kvm.network:
    name: internal
    mtu: 9000
  register: internal

- name: Tell what waits for a restart
  ansible.builtin.debug:
    msg: "Restart the network for: {{ internal.pending_restart | join(', ') }}"
  when: internal.pending_restart | length > 0

- name: The same, and restart the network for it right away; running guests are attached to it again
  hypervise.kvm.network:
    name: internal
    mtu: 9000
    restart: if_needed

- name: Stop and remove a network, unless running guests are attached to it
  hypervise.kvm.network:
    name: internal
    state: absent
"""

RETURN = r"""
name:
  description: The network's name.
  returned: always
  type: str
  sample: internal
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The option, with the items of lists that lead to it.
      returned: always
      type: str
      sample: ips[192.168.150.1].dhcp.hosts[52:54:00:6b:3c:58].ip
    before:
      description: The value before, V(null) if there was none.
      returned: always
      type: raw
      sample: 192.168.150.10
    after:
      description: The value after, V(null) if there is none.
      returned: always
      type: raw
      sample: 192.168.150.11
    when:
      description:
        - V(live) if it is true at once for the running network, V(stored) if nothing runs that it could be true for,
          V(restart) if it waits for a restart.
      returned: always
      type: str
      sample: live
steps:
  description: The calls that were made, or would be made, in this order.
  returned: success
  type: list
  elements: str
  sample: [define, "update ips[192.168.150.1].dhcp.hosts[52:54:00:6b:3c:58]"]
applied_live:
  description: The options in RV(changes) that were changed on the running network.
  returned: success
  type: list
  elements: str
  sample: ["ips[192.168.150.1].dhcp.hosts[52:54:00:6b:3c:58].ip"]
restarted:
  description: Whether the network was restarted, or would be in check mode, see O(restart).
  returned: success
  type: bool
reattached:
  description: The interfaces of running guests that were attached to the network again.
  returned: success
  type: list
  elements: dict
  contains:
    domain:
      description: The guest.
      returned: always
      type: str
      sample: web1
    mac:
      description: The interface's MAC address.
      returned: always
      type: str
      sample: 52:54:00:6b:3c:58
pending_restart:
  description:
    - The options whose stored value becomes true only when the network is restarted, of this and of earlier runs.
  returned: success
  type: list
  elements: str
  sample: [mtu]
error:
  description: What went wrong, for a playbook to look at; RV(ignore:msg) says the same to a person.
  returned: failure, unless Ansible itself refused the options
  type: dict
  contains:
    type:
      description: The kind of error, for example V(InvalidSpec), V(Refused), V(ConnectionFailed) or V(OperationFailed).
      returned: always
      type: str
      sample: Refused
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: Choose another subnet.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.resource import Network


def main() -> None:
    run_state_module(Network())


if __name__ == "__main__":
    main()
