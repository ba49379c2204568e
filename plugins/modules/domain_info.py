#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: domain_info
short_description: Gather libvirt domains (virtual machines)
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the domains of a libvirt host, each in the very shape that M(hypervise.kvm.domain) accepts.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  name:
    description:
      - Names of the domains to return, or patterns as a shell has them, for example V(web*).
      - If it is not given, or empty, all domains are returned.
      - A name that no domain has is no error; nothing is returned for it.
    type: list
    elements: str
    default: []
  addresses:
    description:
      - Whom to ask for the addresses of running guests, in this order. The first that knows an address tells it.
      - V(lease) is the DHCP server of libvirt's networks, V(agent) the QEMU guest agent inside the guest, V(arp) the
        ARP table of the host. One that cannot answer knows none.
    type: list
    elements: str
    choices: [lease, agent, arp]
    default: [lease]
  agent:
    description:
      - Whether to ask the QEMU guest agent of running guests for their operating system. A guest whose agent does not
        answer is returned without it.
    type: bool
    default: false
seealso:
  - module: hypervise.kvm.domain
"""

EXAMPLES = r"""
- name: Gather all domains
  hypervise.kvm.domain_info:
  register: found

- name: Tell which guests wait for a restart, and why
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.pending_restart | join(', ') }}"
  loop: "{{ found.domains | selectattr('pending_restart') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Gather the addresses of some, from their agents where the DHCP server does not know
  hypervise.kvm.domain_info:
    name: ["web*"]
    addresses: [lease, agent]
    agent: true
  register: web
"""

RETURN = r"""
domains:
  description: The domains, in the order of their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The domain's name.
      returned: always
      type: str
      sample: web1
    uuid:
      description: Its UUID.
      returned: always
      type: str
      sample: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
    type:
      description: Its virtualization, V(kvm) or V(qemu).
      returned: always
      type: str
      sample: kvm
    state:
      description: Whether it is V(running), V(paused), V(suspended) (by the guest itself) or V(stopped).
      returned: always
      type: str
      sample: running
    state_reason:
      description: Why, as a number of libvirt's C(virDomainRunningReason), C(virDomainPausedReason) and so on.
      returned: always
      type: int
      sample: 1
    persistent:
      description: Whether libvirt has a stored definition of it. One that is not persistent is gone once it stops.
      returned: always
      type: bool
      sample: true
    autostart:
      description: Whether it is started with the host.
      returned: always
      type: bool
      sample: true
    pending_restart:
      description: The options whose stored value becomes true only when the domain is stopped and started.
      returned: always
      type: list
      elements: str
      sample: [memory]
    addresses:
      description: The addresses of a running guest, as far as those that were asked know.
      returned: always
      type: list
      elements: dict
      contains:
        address:
          description: The address.
          returned: always
          type: str
          sample: 192.168.122.45
        prefix:
          description: The length of its prefix.
          returned: always
          type: int
          sample: 24
        family:
          description: V(ipv4) or V(ipv6).
          returned: always
          type: str
          sample: ipv4
        mac:
          description: The MAC address of the guest's interface, V(null) where it is not known.
          returned: always
          type: str
          sample: 52:54:00:3c:07:5e
        interface:
          description: The interface. The agent tells its name in the guest, the others that on the host.
          returned: always
          type: str
          sample: vnet3
        source:
          description: Who told it, see O(addresses).
          returned: always
          type: str
          sample: lease
    guest:
      description:
        - What the agent tells of the guest's operating system, in the words of libvirt's C(virDomainGetGuestInfo).
        - Empty unless O(agent) is V(true) and the agent answers.
      returned: always
      type: dict
      sample:
        id: debian
        name: Debian GNU/Linux
        version-id: "13"
        kernel-release: 6.12.57+deb13-cloud-amd64
    spec:
      description:
        - What the domain is like, in the shape that M(hypervise.kvm.domain) accepts. Only what the stored definition
          states is in it, and no secret.
        - A domain that is not persistent is described as it runs.
      returned: always
      type: dict
      sample:
        name: web1
        uuid: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
        type: kvm
        memory: 2147483648
        vcpus: 2
        disks:
          - target: vda
            device: disk
            bus: virtio
            source:
              pool: default
              volume: web1.qcow2
            driver:
              type: qcow2
        interfaces:
          - type: network
            mac: 52:54:00:3c:07:5e
            source:
              network: default
            model: virtio
        autostart: true
"""

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.resource import Domain

OPTIONS: dict[str, t.Any] = {
    "name": {"type": "list", "elements": "str", "default": []},
    "addresses": {"type": "list", "elements": "str", "choices": ["lease", "agent", "arp"], "default": ["lease"]},
    "agent": {"type": "bool", "default": False},
}


def gather(connection: Connection, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"domains": Domain(params["addresses"], params["agent"]).gather(connection, params["name"])}


def main() -> None:
    run_info_module(OPTIONS, gather)


if __name__ == "__main__":
    main()
