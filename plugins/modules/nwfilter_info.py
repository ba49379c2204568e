#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nwfilter_info
short_description: Gather network filters
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the network filters of a libvirt host, each in the very shape that M(hypervise.kvm.nwfilter) accepts, and
    for which interfaces of running guests they hold.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  name:
    description:
      - Names of the filters to return, or patterns as a shell has them, for example V(no-*).
      - If it is not given, or empty, all filters are returned.
      - A name that no filter has is no error; nothing is returned for it.
    type: list
    elements: str
    default: []
seealso:
  - module: hypervise.kvm.nwfilter
"""

EXAMPLES = r"""
- name: Gather all filters
  hypervise.kvm.nwfilter_info:
  register: found

- name: Tell which filters no running guest has
  ansible.builtin.debug:
    msg: "{{ found.nwfilters | rejectattr('bindings') | map(attribute='name') }}"
"""

RETURN = r"""
nwfilters:
  description: The filters, in the order of their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The filter's name.
      returned: always
      type: str
      sample: clean-traffic
    uuid:
      description: Its UUID.
      returned: always
      type: str
      sample: be58902c-d59f-4e06-bc9c-deef0a0a498c
    state:
      description: Always V(present).
      returned: always
      type: str
      sample: present
    bindings:
      description: The interfaces of running guests that have this filter itself.
      returned: always
      type: list
      elements: dict
      contains:
        interface:
          description: The device on the host.
          returned: always
          type: str
          sample: vnet0
        domain:
          description: The guest.
          returned: always
          type: str
          sample: web1
    spec:
      description: What the filter is like, in the shape that M(hypervise.kvm.nwfilter) accepts.
      returned: always
      type: dict
      sample:
        name: no-mac-spoofing
        chain: mac
        priority: -800
        rules:
          - action: return
            direction: out
            priority: 500
            mac:
              srcmacaddr: $MAC
          - action: drop
            direction: out
            priority: 500
            mac: {}
"""

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.nwfilter import NWFilter


def gather(connection: Connection, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"nwfilters": NWFilter().gather(connection, params["name"])}


def main() -> None:
    run_info_module({"name": {"type": "list", "elements": "str", "default": []}}, gather)


if __name__ == "__main__":
    main()
