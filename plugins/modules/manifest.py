#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: manifest
short_description: Converge a whole libvirt host from one document
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes the secrets, storage pools, volumes, network filters, networks and domains of a host as one document states
    them, in one task and over one connection.
  - Every object is stated exactly as for its own module, with the same options, defaults, checks and results. What is
    not in the document is left alone, unless O(prune) says otherwise.
  - All objects are planned before the first is touched, each as it will be once those before it are done. So a document
    with a mistake is refused as a whole, with everything that is wrong in it, unless O(on_error=continue).
  - Domains that are to be absent go first. Then all objects are made or changed, in the order of the options below; a
    volume or filter that another one names comes before that. What else is to be absent goes last, in the reverse
    order. Objects that do not need each other are worked on side by side.
  - A run that failed or was killed is completed by the next one.
  - Objects that were as stated are remembered in C(/var/cache/hypervise-kvm) on the host, by keyed digests of what was
    stated and of what libvirt said, so that they are not looked into again while both are the same. Whoever removes
    that directory loses nothing but time.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.bringing
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  secrets:
    description:
      - The secrets, each with the options of M(hypervise.kvm.secret), without O(uri). What a secret is for, or its
        UUID, is stated by an option, also where the rest is in C(xml).
    type: list
    elements: dict
    default: []
  storage_pools:
    description: The storage pools, each with the options of M(hypervise.kvm.storage_pool), without O(uri).
    type: list
    elements: dict
    default: []
  volumes:
    description:
      - The volumes, each with the options of M(hypervise.kvm.volume), without O(uri). Their pools have to be active, or
        become so by this document.
    type: list
    elements: dict
    default: []
  nwfilters:
    description: The network filters, each with the options of M(hypervise.kvm.nwfilter), without O(uri).
    type: list
    elements: dict
    default: []
  networks:
    description: The networks, each with the options of M(hypervise.kvm.network), without O(uri).
    type: list
    elements: dict
    default: []
  domains:
    description: The domains, each with the options of M(hypervise.kvm.domain), without O(uri).
    type: list
    elements: dict
    default: []
  on_error:
    description:
      - What to do when an object is refused or fails.
      - With V(stop) nothing at all is touched if one is refused. If one fails while the plan is carried out, no further
        one is begun.
      - With V(continue) all others have their turn. The task fails at the end.
    type: str
    choices: [stop, continue]
    default: stop
  label:
    description:
      - The name of this manifest. What it makes, or finds as it is stated, belongs to it from then on.
      - A domain carries the label in its definition (O(hypervise.kvm.domain#module:metadata.manifest)), with the UUID
        of the host, so that one which was migrated does not belong to the manifest of its new host. For the other kinds
        it is noted in C(/var/lib/hypervise-kvm) on the host, which only root can read.
      - An object belongs to one manifest, the last that stated it. Manifests of different labels on one host should
        not state the same objects.
    type: str
  prune:
    description:
      - The kinds of which objects are removed that belong to O(label), which is needed then, and are no longer in the
        document.
      - A guest that runs is not stopped for this, and nothing that is in use is removed. Either is refused, as any
        other mistake in the document. A domain's disks stay, and so do its UEFI variables and the state of its TPM.
      - With V(volumes), data is removed.
    type: list
    elements: str
    choices: [secrets, storage_pools, volumes, nwfilters, networks, domains]
    default: []
seealso:
  - module: hypervise.kvm.secret
  - module: hypervise.kvm.storage_pool
  - module: hypervise.kvm.volume
  - module: hypervise.kvm.nwfilter
  - module: hypervise.kvm.network
  - module: hypervise.kvm.domain
"""

EXAMPLES = r"""
- name: A shop's host
  hypervise.kvm.manifest:
    label: shop
    prune: [domains, networks]
    storage_pools:
      - name: shop
        type: dir
        target:
          path: /srv/shop
        state: active
        autostart: true
    volumes:
      - pool: shop
        name: web1.qcow2
        capacity: 20GiB
        format: qcow2
    networks:
      - name: shop
        forward:
          mode: nat
        ips:
          - address: 192.168.150.1
            prefix: 24
        state: active
        autostart: true
    domains:
      - name: web1
        memory: 2GiB
        vcpus: 2
        disks:
          - target: vda
            source:
              pool: shop
              volume: web1.qcow2
        interfaces:
          - source:
              network: shop
        state: running

- name: A whole host from a file, as far as possible
  hypervise.kvm.manifest:
    domains: "{{ estate.domains }}"
    networks: "{{ estate.networks }}"
    on_error: continue
  vars:
    estate: "{{ lookup('ansible.builtin.file', 'estate.yml') | from_yaml }}"
  register: estate

- name: Tell which guests wait for a restart
  ansible.builtin.debug:
    var: estate.pending_restart
"""

RETURN = r"""
objects:
  description:
    - What became of each object, in the order of the document. After these come the objects that O(prune) removes.
    - Each has what is listed here. Unless it is as stated and nothing of it waits for a restart, it also has what its
      own module returns, such as C(changes), C(steps) and C(pending_restart).
  returned: always, unless the connection failed
  type: list
  elements: dict
  contains:
    kind:
      description: The kind of object, which is the name of its module.
      returned: always
      type: str
      sample: domain
    name:
      description: The object's name, with its pool where it is a volume.
      returned: always
      type: str
      sample: shop/web1.qcow2
    item:
      description: Where the document states it.
      returned: always
      type: str
      sample: volumes[0]
    status:
      description:
        - V(ok) if it was as stated, V(changed) if it was changed or would be in check mode, V(refused) if it cannot
          become as stated, V(failed) if that failed half way, V(left) if it was not touched because of others.
      returned: always
      type: str
      sample: changed
    changed:
      description: Whether it was changed, or would be in check mode.
      returned: always
      type: bool
      sample: true
    failed:
      description: That it was refused or failed.
      returned: if it was
      type: bool
      sample: true
    msg:
      description: Why.
      returned: if it was refused or failed
      type: str
      sample: "Invalid options: domains[3].memory: '2 Gb' has the unknown unit 'Gb'"
    error:
      description: The same, for a playbook to look at.
      returned: if it was refused or failed
      type: dict
      sample: {"type": "Refused", "hint": "Choose another subnet."}
    pruned:
      description: That it is removed as it is no longer in the document.
      returned: if it is
      type: bool
      sample: true
totals:
  description: How many objects have which C(status).
  returned: always, unless the connection failed
  type: dict
  sample: {"ok": 417, "changed": 3, "refused": 0, "failed": 0, "left": 0}
pending_restart:
  description: What waits for a restart, of this and of earlier runs, by the objects that have something waiting.
  returned: always, unless the connection failed
  type: dict
  sample: {"domain web1": ["vcpus"]}
msg:
  description: What was done, in one line, and what was refused or failed, a line each.
  returned: always
  type: str
  sample: "420 objects: 417 as stated, 3 changed."
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.manifest import main

if __name__ == "__main__":
    main()
