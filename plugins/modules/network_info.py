#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network_info
short_description: Gather libvirt networks
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the networks of a libvirt host, each in the very shape that M(hypervise.kvm.network) accepts.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  name:
    description:
      - Names of the networks to return, or patterns as a shell has them, for example V(tenant-*).
      - If it is not given, or empty, all networks are returned.
      - A name that no network has is no error; nothing is returned for it.
    type: list
    elements: str
    default: []
seealso:
  - module: hypervise.kvm.network
"""

EXAMPLES = r"""
- name: Gather all networks
  hypervise.kvm.network_info:
  register: found

- name: Tell which networks wait for a restart
  ansible.builtin.debug:
    msg: "{{ found.networks | selectattr('pending_restart') | map(attribute='name') }}"

- name: Make the same networks on another host
  hypervise.kvm.network: "{{ item.spec }}"
  loop: "{{ found.networks }}"
  loop_control:
    label: "{{ item.name }}"
  delegate_to: hv2
"""

RETURN = r"""
networks:
  description: The networks, in the order of their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The network's name.
      returned: always
      type: str
      sample: default
    uuid:
      description: Its UUID.
      returned: always
      type: str
      sample: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
    state:
      description: Whether it runs, V(active) or V(inactive).
      returned: always
      type: str
      sample: active
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
      description: The options whose stored value becomes true only when the network is restarted.
      returned: always
      type: list
      elements: str
      sample: [mtu]
    bridge:
      description: The bridge that guests are attached to, V(null) where the network has none or was given none yet.
      returned: always
      type: str
      sample: virbr0
    leases:
      description: The addresses that the network's DHCP server has given to guests.
      returned: always
      type: list
      elements: dict
      contains:
        mac:
          description: The MAC address of the guest's interface.
          returned: always
          type: str
          sample: 52:54:00:3c:07:5e
        ipaddr:
          description: The address.
          returned: always
          type: str
          sample: 192.168.122.45
        prefix:
          description: The length of its prefix.
          returned: always
          type: int
          sample: 24
        hostname:
          description: The name that the guest has told, V(null) if it told none.
          returned: always
          type: str
          sample: web1
        expirytime:
          description: When the lease ends, in seconds since 1970.
          returned: always
          type: int
          sample: 1763805600
        clientid:
          description: The client ID (DHCPv4) or DUID (DHCPv6) that the guest has told, V(null) if it told none.
          returned: always
          type: str
          sample: 01:52:54:00:3c:07:5e
    spec:
      description:
        - What the network is like, in the shape that M(hypervise.kvm.network) accepts. Only what the stored definition
          states is in it.
        - A network that is not persistent is described as it runs.
      returned: always
      type: dict
      sample:
        name: default
        uuid: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
        forward:
          mode: nat
        bridge:
          name: virbr0
          stp: true
          delay: 0
        ips:
          - address: 192.168.122.1
            prefix: 24
            dhcp:
              ranges:
                - start: 192.168.122.2
                  end: 192.168.122.254
        autostart: true
"""

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.resource import Network


def gather(connection: Connection, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"networks": Network().gather(connection, params["name"])}


def main() -> None:
    run_info_module({"name": {"type": "list", "elements": "str", "default": []}}, gather)


if __name__ == "__main__":
    main()
