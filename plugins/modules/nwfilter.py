#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: nwfilter
short_description: Manage network filters
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Defines, changes and removes libvirt's network filters, by which a host decides what the interfaces of its guests
    may send and receive. An interface has one by the option O(hypervise.kvm.domain#module:interfaces[].filter).
  - libvirt makes the host's firewall rules of a changed filter anew for all running guests that it holds for, at
    once (RV(applied_live)). Where a running guest lacks a variable that the changed filter needs, libvirt refuses the
    change, and leaves everything as it was.
  - A filter that a guest has, running or not, or to which another filter refers is not removed.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
  - hypervise.kvm.nwfilter
seealso:
  - module: hypervise.kvm.nwfilter_info
  - module: hypervise.kvm.domain
  - name: Network filter XML format
    description: What libvirt says about the elements named above.
    link: https://libvirt.org/formatnwfilter.html
"""

EXAMPLES = r"""
- name: Web servers answer the web, the rest of what comes in is dropped
  hypervise.kvm.nwfilter:
    name: web
    rules:
      - filterref:
          filter: clean-traffic
      - action: accept
        direction: in
        priority: 100
        tcp:
          dstportstart: 80
          comment: http
      - action: accept
        direction: in
        priority: 100
        tcp:
          dstportstart: 443
          comment: https
      - action: accept
        direction: out
        priority: 200
        all: {}
      - action: drop
        direction: in
        priority: 1000
        all: {}

- name: Who is let in is the guest's matter
  hypervise.kvm.nwfilter:
    name: admins-only
    rules:
      - action: accept
        direction: in
        tcp:
          srcipaddr: $ADMIN
          dstportstart: 22
      - action: drop
        direction: in
        tcp:
          dstportstart: 22

- name: A guest with it
  hypervise.kvm.domain:
    name: db1
    memory: 2GiB
    interfaces:
      - type: network
        source:
          network: default
        filter: admins-only
        filter_parameters:
          - name: ADMIN
            value: 192.0.2.10
          - name: ADMIN
            value: 192.0.2.11

- name: Remove a filter that nobody has any more
  hypervise.kvm.nwfilter:
    name: web
    state: absent
"""

RETURN = r"""
name:
  description: The filter's name.
  returned: success
  type: str
  sample: web
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The option.
      returned: always
      type: str
      sample: chain
    before:
      description: The value before, V(null) if there was none.
      returned: always
      type: raw
      sample: root
    after:
      description: The value after, V(null) if there is none.
      returned: always
      type: raw
      sample: ipv4-web
    when:
      description:
        - V(live) if it is true at once for running guests, V(stored) if none has the filter.
      returned: always
      type: str
      sample: stored
steps:
  description: The calls that were made, or would be made, in this order.
  returned: success
  type: list
  elements: str
  sample: [define]
applied_live:
  description: The options in RV(changes) that are true at once for running guests.
  returned: success
  type: list
  elements: str
  sample: [rules]
pending_restart:
  description: Always empty; nothing of a filter waits for a restart.
  returned: success
  type: list
  elements: str
  sample: []
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
      sample: Take it out of them first.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.nwfilter import NWFilter


def main() -> None:
    run_state_module(NWFilter())


if __name__ == "__main__":
    main()
