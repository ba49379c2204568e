#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: secret_info
short_description: Gather secrets, without their values
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Returns the secrets of a libvirt host, each in the very shape that M(hypervise.kvm.secret) accepts, but for the
    value, which is not told.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  uuid:
    description:
      - UUIDs of the secrets to return, or patterns as a shell has them.
      - If it is not given, or empty, all secrets are returned.
      - A UUID that no secret has is no error; nothing is returned for it.
    type: list
    elements: str
    default: []
seealso:
  - module: hypervise.kvm.secret
"""

EXAMPLES = r"""
- name: Gather all secrets
  hypervise.kvm.secret_info:
  register: found

- name: Tell which have no value
  ansible.builtin.debug:
    msg: "{{ found.secrets | selectattr('has_value', 'false') | map(attribute='name') }}"
"""

RETURN = r"""
secrets:
  description: The secrets, in the order of their UUIDs.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: What the secret is for, its UUID if for nothing in particular.
      returned: always
      type: str
      sample: ceph client.libvirt
    uuid:
      description: Its UUID.
      returned: always
      type: str
      sample: f52a81b2-424e-490c-823d-6bd4235bc572
    state:
      description: Always V(present).
      returned: always
      type: str
      sample: present
    has_value:
      description: Whether it has a value, V(null) if it is private, of which libvirt does not tell.
      returned: always
      type: bool
      sample: true
    spec:
      description: What the secret is like, in the shape that M(hypervise.kvm.secret) accepts, without the value.
      returned: always
      type: dict
      sample:
        uuid: f52a81b2-424e-490c-823d-6bd4235bc572
        usage:
          type: ceph
          name: client.libvirt
        ephemeral: false
        private: false
"""

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_info_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.secret import Secret


def gather(connection: Connection, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"secrets": Secret().gather(connection, params["uuid"])}


def main() -> None:
    run_info_module({"uuid": {"type": "list", "elements": "str", "default": []}}, gather)


if __name__ == "__main__":
    main()
