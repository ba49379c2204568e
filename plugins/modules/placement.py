#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: placement
short_description: Plan on which host each guest runs
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Takes what M(hypervise.kvm.host_info) tells of hosts and their guests, and returns moves that make hosts even, that
    empty hosts or bring guests back to them, the hosts for new guests, the hosts that can be restarted together, or how
    many more guests there is room for.
  - It plans and does nothing. The same facts give the same plan, and a plan that was interrupted is planned on from
    where it stopped. M(hypervise.kvm.migrate) makes the moves.
  - No move puts a guest where there is too little room for it, next to one from which a rule keeps it apart, where its
    machine type, networks, storage pools or CPU are missing, or on a host that is drained. That holds also in between,
    in whatever order the moves of a step are made and while a guest is on both of its hosts.
  - It runs on the controller, asks no host, and needs nothing there but ansible-core. State it once for all hosts, with
    C(run_once).
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.info_module
attributes:
  action:
    description: It has an action plugin, in which all of it is done.
    support: full
  platform:
    details:
      - It runs on the controller.
options:
  hosts:
    description:
      - What M(hypervise.kvm.host_info) has returned of each host, by the name that the result is to have for the host,
        as a rule the inventory's. It has to have gathered V(memory), V(cpus), V(storage_pools), V(networks) and
        V(domains).
      - With V(capabilities), machine types are looked at, with O(hypervise.kvm.host_info#module:domain_capabilities)
        CPUs too. Where O(hypervise.kvm.host_info#module:sample) was set for all hosts, load counts.
    type: dict
    required: true
  host_labels:
    description: >-
      Labels of hosts, by the host's name, each a dictionary, for example V({hv1: {rack: a}}).
    type: dict
    default: {}
  mode:
    description:
      - What to plan.
      - V(balance) makes hosts even, and mends rules and limits that are broken. One move after the other, it takes the
        one that lowers the score most, as long as that is worth it. Hosts that are drained are left as they are.
      - V(evacuate) finds hosts for the guests of those that are O(drained).
      - V(return) brings guests to their O(homes).
      - V(place) finds hosts for O(guests). One whose name a domain has already stays where that is.
      - V(group) finds groups of hosts that can be down at the same time, one group after the other, for example to be
        restarted. No group has two hosts with guests that a rule keeps apart, and the guests of a group find room on
        the other hosts. A host with guests that find none is alone.
      - V(capacity) counts how many more of each of O(guests) there is room for.
    type: str
    choices: [balance, evacuate, return, place, group, capacity]
    default: balance
  drained:
    description: Names of hosts to which no guest is moved; with O(mode=evacuate) those that are to be empty.
    type: list
    elements: str
    default: []
  homes:
    description: >-
      With O(mode=return), the host of each guest, by the guest's name, as RV(homes) of an evacuation has it. A guest
      that is there or nowhere does not matter.
    type: dict
    default: {}
  guests:
    description:
      - With O(mode=place) and O(mode=capacity), the guests that are to come, each as M(hypervise.kvm.domain) takes it.
        Of its options C(name), C(memory), C(vcpus), C(current_vcpus), C(type), C(os), C(metadata), and the networks and
        pools of C(interfaces) and C(disks) are looked at, and C(load), the number of processors that it will keep busy.
    type: list
    elements: dict
    default: []
  rules:
    description:
      - Rules on guests. None is ever broken by a move, and what is broken is mended.
      - Guests can have rules with them, by their labels (O(hypervise.kvm.domain#module:metadata.labels)).
        C(placement.affinity) and C(placement.anti_affinity) have the name of a group as value,
        C(placement.hosts) patterns of host names and labels of hosts, as V(hv[1-4],rack=a), and
        C(placement.pinned) V(true).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name by which people are told of it.
        type: str
        required: true
      type:
        description:
          - V(affinity) keeps guests together on one host; they move together.
          - V(anti_affinity) keeps each away from each other one.
          - V(hosts) lets guests be on some hosts alone.
          - V(pinned) leaves guests where they are.
        type: str
        required: true
        choices: [affinity, anti_affinity, hosts, pinned]
      guests:
        description: Names of guests, or patterns as a shell has them.
        type: list
        elements: str
        default: []
      labels:
        description:
          - Labels that guests have to have, with their values; V(*) is any value.
          - Where O(rules[].guests) is given too, both have to be true of a guest. One of them is required.
        type: dict
        default: {}
      hosts:
        description: With O(rules[].type=hosts), names of hosts, or patterns.
        type: list
        elements: str
        default: []
      host_labels:
        description: >-
          With O(rules[].type=hosts), labels of O(host_labels) that hosts have to have. V(*) is any value. Where
          O(rules[].hosts) is given too, both have to be true of a host. One of them is required.
        type: dict
        default: {}
      across:
        description: >-
          With O(rules[].type=anti_affinity), the name of a label of hosts, for example V(rack). Guests are then kept
          on hosts with different values of it.
        type: str
        default: ""
  limits:
    description: What a host may promise to its guests.
    type: dict
    default: {}
    suboptions:
      memory_overcommit:
        description: How many times its memory. Of a guest counts what it can have without a restart.
        type: float
        default: 1.0
      memory_reserve:
        description: Memory that the host keeps for itself, taken off the former, in bytes or as V(4GiB).
        type: str
        default: 1GiB
      vcpus_per_cpu:
        description: How many virtual processors for each of its own.
        type: float
        default: 4.0
  weights:
    description: How much each counts in the score. What counts V(0) is left out.
    type: dict
    default: {}
    suboptions:
      memory:
        description: Memory that is promised, of what may be promised.
        type: float
        default: 1.0
      vcpus:
        description: Virtual processors that are promised, of what may be promised.
        type: float
        default: 1.0
      load:
        description: Processors that are kept busy, of those there are. It counts where it is known of all guests.
        type: float
        default: 1.0
  n_plus_one:
    description:
      - Whether to keep so much memory free that the guests of any one host that fails find room on the others. Where it
        is free, no move takes it away. Where it is not, this hinders nothing, and RV(no_spare) names the hosts.
      - V(outside_maintenance) keeps it in the modes V(balance), V(place) and V(capacity), V(always) also in
        V(evacuate) and V(group).
      - What is kept is room as such. Rules are not looked at.
    type: str
    choices: [never, outside_maintenance, always]
    default: outside_maintenance
  stopped:
    description:
      - What becomes of guests that are off or saved. V(ignore) leaves them where they are and counts them nowhere,
        V(reserve) counts what they would take, V(move) treats them as those that run.
    type: str
    choices: [ignore, reserve, move]
    default: ignore
  partial:
    description: >-
      Whether to plan for the others where some guests find no host. If V(false), the task then fails, with
      RV(refused), and without moves.
    type: bool
    default: false
  threshold:
    description: The unevenness, in points of RV(score), that is even enough. Below it only what is broken is mended.
    type: float
    default: 2.0
  min_gain:
    description: The points of RV(score) that a move has to gain at least. In a large estate a move gains little.
    type: float
    default: 0.01
  max_moves:
    description: With O(mode=balance), how many moves at most. A later task makes the others.
    type: int
  parallel:
    description: How many moves from and to one host can be in one step.
    type: int
    default: 1
  group_size:
    description: With O(mode=group), how many hosts can be in one group, with V(0) any number.
    type: int
    default: 1
  group_hosts:
    description: With O(mode=group), the hosts that are grouped. If it is empty, all that are not drained.
    type: list
    elements: str
    default: []
notes:
  - Whether a guest can live on another host is decided of what the facts tell, without knowing them all. Shared
    directories, bridges that libvirt does not know, and what QEMU cannot migrate are looked at by
    M(hypervise.kvm.migrate), before it moves anything.
seealso:
  - module: hypervise.kvm.host_info
  - module: hypervise.kvm.migrate
"""

EXAMPLES = r"""
- name: Gather what there is, on all hosts
  hypervise.kvm.host_info:
    domain_capabilities: [{}]
    sample: 5 # seconds
  register: host

- name: Plan how to make them even
  hypervise.kvm.placement:
    hosts: "{{ dict(ansible_play_hosts | zip(ansible_play_hosts | map('extract', hostvars, 'host'))) }}"
    max_moves: 20
    rules:
      - {name: databases, type: anti_affinity, labels: {role: database}, across: rack}
      - {name: licensed, type: hosts, guests: ["erp*"], hosts: [hv1, hv2]}
    host_labels: {hv1: {rack: a}, hv2: {rack: b}, hv3: {rack: b}}
  run_once: true
  register: plan

- name: Show the plan
  ansible.builtin.debug:
    var: plan.summary
  run_once: true

- name: Plan where the guests of hv1 go, as it is to be maintained
  hypervise.kvm.placement:
    hosts: "{{ dict(ansible_play_hosts | zip(ansible_play_hosts | map('extract', hostvars, 'host'))) }}"
    mode: evacuate
    drained: [hv1]
  run_once: true
  register: evacuation

- name: Plan how they come back
  hypervise.kvm.placement:
    hosts: "{{ dict(ansible_play_hosts | zip(ansible_play_hosts | map('extract', hostvars, 'host'))) }}"
    mode: return
    homes: "{{ evacuation.homes }}"
  run_once: true

- name: Find a host for a new guest that is to be apart from its like
  hypervise.kvm.placement:
    hosts: "{{ dict(ansible_play_hosts | zip(ansible_play_hosts | map('extract', hostvars, 'host'))) }}"
    mode: place
    guests:
      - name: web3
        memory: 4GiB
        vcpus: 4
        interfaces: [{source: {network: lan}}]
        metadata:
          labels:
            placement.anti_affinity: web
  run_once: true
  register: placed

- name: Count how many more of them there is room for
  hypervise.kvm.placement:
    hosts: "{{ dict(ansible_play_hosts | zip(ansible_play_hosts | map('extract', hostvars, 'host'))) }}"
    mode: capacity
    guests: [{name: web, memory: 4GiB, vcpus: 4}]
  run_once: true
"""

RETURN = r"""
moves:
  description: The moves, in an order in which each fits. Empty in the modes V(group) and V(capacity).
  returned: O(mode) is not V(capacity)
  type: list
  elements: dict
  contains:
    domain:
      description: The guest's name.
      returned: always
      type: str
      sample: web1
    uuid:
      description: Its UUID, empty of a new one.
      returned: always
      type: str
      sample: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55
    from:
      description: The host where it is, V(null) of a new one.
      returned: always
      type: str
      sample: hv1
    to:
      description: The host where it goes.
      returned: always
      type: str
      sample: hv2
    running:
      description: Whether it runs, or is paused.
      returned: always
      type: bool
      sample: true
    why:
      description: What it is good for.
      returned: always
      type: str
      sample: It makes hosts more even, by 4.71 points.
    step:
      description: The step in which it is, from V(1).
      returned: always
      type: int
      sample: 1
steps:
  description: The same moves, in steps. The moves of a step can be made side by side, the steps one after the other.
  returned: O(mode) is not V(capacity)
  type: list
  elements: list
  sample:
    - - {domain: web1, uuid: 6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55, from: hv1, to: hv2, running: true, step: 1, why: ""}
refused:
  description: Guests that find no host.
  returned: O(mode) is not V(capacity)
  type: list
  elements: dict
  contains:
    domain:
      description: The guest's name.
      returned: always
      type: str
      sample: db1
    host:
      description: The host where it is, V(null) of a new one.
      returned: always
      type: str
      sample: hv1
    why:
      description: Why, in one text.
      returned: always
      type: str
      sample: "No host can take it. hv2: 8.0GiB of memory are needed, 3.5GiB are left; hv3: it is drained."
    hosts:
      description: What speaks against each host, by its name. Empty if the guest cannot leave the one that it is on.
      returned: always
      type: dict
      sample: {hv2: "8.0GiB of memory are needed, 3.5GiB are left", hv3: it is drained}
homes:
  description: Where each guest that moves was before, by its name. It is what O(homes) takes.
  returned: O(mode) is not V(capacity)
  type: dict
  sample: {web1: hv1}
groups:
  description: Groups of hosts that can be down at the same time.
  returned: O(mode) is not V(capacity)
  type: list
  elements: list
  sample: [[hv1, hv3], [hv2]]
score:
  description:
    - How far things are from ideal, C(before) and C(after) the moves. C(total) is 100 for each that is C(broken), and
      how uneven hosts are.
    - Of C(memory), C(vcpus) and C(load) it is the root mean square of how far hosts are from their mean, in percent of
      a host, and of all, that of these by their O(weights).
  returned: O(mode) is not V(capacity)
  type: dict
  sample:
    before: {total: 14.58, broken: 0, memory: 18.41, vcpus: 9.27, load: 0.0}
    after: {total: 1.83, broken: 0, memory: 2.11, vcpus: 1.5, load: 0.0}
broken:
  description: Rules and limits that are broken, C(before) and C(after) the moves, a sentence for each.
  returned: O(mode) is not V(capacity)
  type: dict
  sample: {before: [2 guests that web keeps apart are on hv1], after: []}
no_spare:
  description: >-
    Hosts whose guests would find no memory on the others if it failed, C(before) and C(after) the moves.
  returned: O(mode) is not V(capacity)
  type: dict
  sample: {before: [hv1], after: []}
hosts:
  description: >-
    Each host, with its C(name), whether it is C(drained), and C(before) and C(after) the number of C(guests) and what
    is promised of C(memory), C(vcpus) and C(load) in percent of what may be. V(null) where it is not known.
  returned: O(mode) is not V(capacity)
  type: list
  elements: dict
  sample:
    - name: hv1
      drained: false
      guests: {before: 12, after: 9}
      memory: {before: 81.5, after: 60.2}
      vcpus: {before: 40.1, after: 31.0}
      load: {before: null, after: null}
placed:
  description: The host of each of O(guests), by its name.
  returned: O(mode) is V(place)
  type: dict
  sample: {web3: hv2}
capacity:
  description: How many more of each of O(guests) there is room for, by host and in C(total), at most 1000.
  returned: O(mode) is V(capacity)
  type: list
  elements: dict
  sample: [{name: web, total: 14, hosts: {hv1: 6, hv2: 8}}]
summary:
  description: All that matters, for people to read.
  returned: O(mode) is not V(capacity)
  type: list
  elements: str
  sample:
    - "1. web1: hv1 -> hv2. It makes hosts more even, by 4.71 points."
    - 1 move in 1 step; score 6.54 -> 1.83.
"""
