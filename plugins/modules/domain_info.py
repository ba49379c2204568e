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
  gather:
    description:
      - What to return of each domain besides its state.
      - V(spec) is RV(domains[].spec), with RV(domains[].type) and RV(domains[].pending_restart); all three are read
        from the domain's documents, which takes the most time where there are many domains.
      - V(statistics) is RV(domains[].statistics), V(job) RV(domains[].job).
    type: list
    elements: str
    choices: [spec, statistics, job]
    default: [spec]
  addresses:
    description:
      - Whom to ask for the addresses of running guests, in this order. The first that knows an address tells it.
      - V(lease) is the DHCP server of libvirt's networks, V(agent) the QEMU guest agent inside the guest, V(arp) the
        ARP table of the host. One that cannot answer knows none. With an empty list, nobody is asked.
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
  agent_timeout:
    description:
      - Within how many seconds the agents have to answer, all of them together. What comes later is not waited for.
      - They are asked five at a time, as many as a daemon takes from one client. One that is silent takes the place of
        another for the 5 seconds for which libvirt waits for it.
    type: float
    default: 10
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

- name: Gather the states and statistics of all, and nothing else, which is quick also for a thousand
  hypervise.kvm.domain_info:
    gather: [statistics]
    addresses: []
  register: counted

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
      returned: O(gather) contains V(spec)
      type: str
      sample: kvm
    state:
      description:
        - Whether it is V(running), V(paused), V(suspended) (by the guest itself), V(stopped), or V(saved), which is
          off with its memory on disk.
      returned: always
      type: str
      sample: running
    state_reason:
      description:
        - Why, by the name of libvirt's C(virDomainRunningReason), C(virDomainPausedReason), C(virDomainShutoffReason)
          and so on, for example V(booted), V(user), V(ioerror), V(crashed), V(destroyed) or V(unknown).
      returned: always
      type: str
      sample: booted
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
      returned: O(gather) contains V(spec)
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
    job:
      description: What libvirt is busy with for a domain that runs, as a migration or a backup. Empty if with nothing.
      returned: O(gather) contains V(job)
      type: dict
      contains:
        type:
          description: V(bounded) where libvirt can tell how much there is to do, otherwise V(unbounded).
          returned: while there is a job
          type: str
          sample: unbounded
        operation:
          description: >-
            V(start), V(save), V(restore), V(migration_in), V(migration_out), V(snapshot), V(snapshot_revert), V(dump),
            V(backup), V(snapshot_delete) or V(unknown).
          returned: while there is a job
          type: str
          sample: migration_out
        elapsed:
          description: For how many seconds it has been going on.
          returned: while there is a job
          type: float
          sample: 12.4
        data_total:
          description: How many bytes there are to be moved, as far as libvirt knows.
          returned: while there is a job
          type: int
          sample: 2164330496
        data_processed:
          description: How many of them have been moved.
          returned: while there is a job
          type: int
          sample: 840400896
        data_remaining:
          description: How many of them have not.
          returned: while there is a job
          type: int
          sample: 1323929600
        progress:
          description: The percentage of the bytes that have been moved, V(null) where libvirt does not know the total.
          returned: while there is a job
          type: int
          sample: 38
    statistics:
      description:
        - What libvirt counts of the domain, by libvirt's names for it (C(virConnectGetAllDomainStats)), from one call
          for all domains. Sizes are in bytes, times in nanoseconds.
        - What is counted differs between releases, and little is counted of a domain that is off or whose hypervisor
          is busy.
      returned: O(gather) contains V(statistics)
      type: dict
      contains:
        cpu:
          description: C(time), of it C(user) and C(system), that the domain has used of the host's processors.
          returned: always
          type: dict
          sample: {time: 70480000000, user: 20210000000, system: 50270000000}
        memory:
          description: The balloon and what its driver in the guest tells, for example C(current), C(unused) and C(rss).
          returned: always
          type: dict
          sample: {current: 2147483648, maximum: 2147483648, unused: 1288490188, rss: 1503238553}
        vcpus:
          description: Each virtual processor that is online, by its C(number).
          returned: always
          type: list
          elements: dict
          sample:
            - {number: 0, state: 1, time: 48150000000, wait: 0, delay: 7232889}
        disks:
          description: >-
            Each disk, by its C(target), with its sizes, and what was read (C(rd)), written (C(wr)) and flushed (C(fl)).
          returned: always
          type: list
          elements: dict
          sample:
            - target: vda
              path: /var/lib/libvirt/images/web1.qcow2
              capacity: 21474836480
              allocation: 3221225472
              physical: 3221225472
              rd: {reqs: 5310, bytes: 190222336, times: 1402944010}
              wr: {reqs: 1893, bytes: 40919040, times: 3204811234}
              fl: {reqs: 233, times: 901733921}
        interfaces:
          description: Each interface that the host sees, by its C(name) there, with what it has received and sent.
          returned: always
          type: list
          elements: dict
          sample:
            - name: vnet3
              rx: {bytes: 10423, pkts: 131, errs: 0, drop: 0}
              tx: {bytes: 9220, pkts: 80, errs: 0, drop: 0}
    spec:
      description:
        - What the domain is like, in the shape that M(hypervise.kvm.domain) accepts. Only what the stored definition
          states is in it, and no secret. What no option is for is in C(xml).
        - A domain that is not persistent is described as it runs.
      returned: O(gather) contains V(spec)
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
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import gather

OPTIONS: dict[str, t.Any] = {
    "name": {"type": "list", "elements": "str", "default": []},
    "gather": {"type": "list", "elements": "str", "choices": ["spec", "statistics", "job"], "default": ["spec"]},
    "addresses": {"type": "list", "elements": "str", "choices": ["lease", "agent", "arp"], "default": ["lease"]},
    "agent": {"type": "bool", "default": False},
    "agent_timeout": {"type": "float", "default": 10},
}


def work(connection: Connection, params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    asked = gather.Questions(
        params["name"], params["gather"], params["addresses"], params["agent"], params["agent_timeout"]
    )
    return {"domains": gather.gather(connection, asked)}


def main() -> None:
    run_info_module(OPTIONS, work)


if __name__ == "__main__":
    main()
