#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dr_plan
short_description: Plan a disaster recovery
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Takes a plan of two sites and the guests that are protected, and what their hosts tell, and returns what is to be
    done, stage by stage, or why it cannot be done. M(hypervise.kvm.dr_step) does it.
  - It plans and does nothing. The same facts give the same steps, and a run that was interrupted is planned on from
    where it stopped.
  - A plan that makes no sense is refused with all that is wrong with it, such as guests that wait for each other. So
    is, before anything is touched, what could not work at the other site, as networks, CPU features, machine types or
    memory that it lacks.
  - It runs on the controller, asks no host, and needs nothing there but ansible-core. State it once for all hosts,
    with C(run_once). The role P(hypervise.kvm.disaster_recovery#role) does that.
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
  plan:
    description: What is protected, and how it is brought up.
    type: dict
    required: true
    suboptions:
      name:
        description: Its name.
        type: str
        required: true
      sites:
        description: The two sites. The first one is the home of all guests.
        type: list
        elements: dict
        required: true
        suboptions:
          name:
            description: Its name.
            type: str
            required: true
          hosts:
            description: Its hosts, by their names in the inventory.
            type: list
            elements: str
            required: true
          repository:
            description: Directory on each of them with the restore points of the guests that run there or would.
            type: path
            required: true
      guests:
        description: The guests that are protected.
        type: list
        elements: dict
        required: true
        suboptions:
          name:
            description: The guest's name.
            type: str
            required: true
          hosts:
            description: Its host at each site, by the site's name.
            type: dict
            required: true
          priority:
            description: Guests of V(1) are brought up first, those of V(5) last. Each waits until those before it are
              ready.
            type: int
            choices: [1, 2, 3, 4, 5]
            default: 3
          depends_on:
            description: Names of guests of the same priority, or of one before, that have to be ready first.
            type: list
            elements: str
            default: []
          shutdown:
            description: How it is asked to power off, as O(hypervise.kvm.domain#module:shutdown).
            type: dict
          rpo:
            description: As O(plan.rpo), for this guest.
            type: int
          rto:
            description: As O(plan.rto), for this guest.
            type: int
          ready:
            description: As O(plan.ready), for this guest.
            type: dict
      rpo:
        description: Seconds that the newest point at the other site may be old. If it is not stated, there is no
          target.
        type: int
      rto:
        description: Seconds after which a guest has to be ready at the other site. If it is not stated, there is no
          target.
        type: int
      ready:
        description: What makes a guest ready, namely options of M(hypervise.kvm.domain_ready) but for its C(name).
        type: dict
      networks:
        description:
          - What one network is called at each site, namely a name for each site's name. One that is not listed has
            the same name at both.
        type: list
        elements: dict
        default: []
      directories:
        description: The same for directories of images.
        type: list
        elements: dict
        default: []
      bubbles:
        description:
          - Networks for tests, as M(hypervise.kvm.network) takes them. The C(name) is that of the network at the
            other site in whose place it is. It should have no C(forward), so that nothing leaves it.
          - A guest that is attached to anything else is not tested.
        type: list
        elements: dict
        default: []
      fencing:
        description:
          - By the name of a host, a command for the controller that makes sure that the host is off, and whose
            success proves it. The role runs it before a disaster failover, if the host does not answer.
        type: dict
        default: {}
  mode:
    description:
      - What to plan.
      - V(protect) has a new point of each guest at the other site. After a failover that is the first one.
      - V(status) plans nothing and tells how it is with each guest.
      - V(test) brings guests up beside production in O(plan.bubbles), from points that stay as they are.
      - V(failover) brings guests from the first site to the second, V(failback) from the second to the first.
      - V(cleanup) removes all that tests left.
    type: str
    choices: [protect, status, test, failover, failback, cleanup]
    required: true
  seen:
    description:
      - What each host tells that answers, by its name. That is C(host), what M(hypervise.kvm.host_info) returns,
        C(points), those of M(hypervise.kvm.backup_info), and C(records) of M(hypervise.kvm.dr_state).
      - A host that is not in it does not answer.
    type: dict
    default: {}
  addresses:
    description: What hosts call each other, by their names. Where it says nothing, by these.
    type: dict
    default: {}
  guests:
    description: Names of the only guests that are meant. If it is empty, all.
    type: list
    elements: str
    default: []
  disaster:
    description:
      - Whether the site that guests leave is lost. They are then brought up from their newest points. What speaks
        against one guest does not keep others from it, nor does one that fails.
      - It is refused for guests whose host answers, and where nothing proves that it is off.
    type: bool
    default: false
  fenced:
    description: Hosts that are surely off.
    type: list
    elements: str
    default: []
  discard:
    description: >-
      With V(cleanup), whether to remove also what is kept of guests that came home after a disaster, namely what
        their lost site had written and nobody else has.
    type: bool
    default: false
  now:
    description: The time in seconds since 1970. If it is not stated, it is now.
    type: float
seealso:
  - module: hypervise.kvm.dr_step
  - module: hypervise.kvm.dr_state
  - module: hypervise.kvm.dr_report
"""

EXAMPLES = r"""
- name: Check a plan, and see how guests are protected
  hypervise.kvm.dr_plan:
    mode: status
    plan:
      name: shop
      sites:
        - {name: berlin, hosts: [hv1, hv2], repository: /srv/replica}
        - {name: munich, hosts: [hv3, hv4], repository: /srv/replica}
      guests:
        - {name: db1, hosts: {berlin: hv1, munich: hv3}, priority: 1, ready: {agent: true}}
        - {name: app1, hosts: {berlin: hv1, munich: hv3}, priority: 2}
        - {name: web1, hosts: {berlin: hv2, munich: hv4}, priority: 3, depends_on: [app1]}
      networks:
        - {berlin: lan, munich: lan-m}
      rpo: 900
      rto: 600
    seen: "{{ dict(ansible_play_hosts | zip(ansible_play_hosts | map('extract', hostvars, 'told'))) }}"
  run_once: true
  register: planned
"""

RETURN = r"""
stages:
  description: What is to be done. The steps of a stage do not wait for each other, each stage waits for those before
    it.
  returned: success
  type: list
  elements: list
  sample:
    - - guest: db1
        host: hv3
        phase: restore
        module: hypervise.kvm.restore
        options: {repository: /srv/replica, domain: db1, networks: {lan: lan-m}, overwrite: false, state: running}
        record: {}
guests:
  description: How it is with each guest now.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The guest's name.
      returned: always
      type: str
      sample: db1
    active:
      description: The site whose copy is the guest.
      returned: always
      type: str
      sample: berlin
    states:
      description: Its state at each site, V(absent), or V(unknown) where the host does not answer.
      returned: always
      type: dict
      sample: {berlin: running, munich: absent}
    split:
      description: Whether it runs at both.
      returned: always
      type: bool
      sample: false
    diverged:
      description: The site that was lost, and may have written what nobody else has.
      returned: always
      type: str
      sample: null
    run:
      description: The failover that is not done, empty if there is none.
      returned: always
      type: dict
      sample: {}
    point:
      description: The newest point at the other site.
      returned: always
      type: str
      sample: 20261123T040512Z
    lag:
      description: How many seconds that is old.
      returned: always
      type: float
      sample: 412.7
    rpo:
      description: How many it may be.
      returned: always
      type: int
      sample: 900
    rpo_met:
      description: Whether it is not older than that. V(null) where there is no target, or the other site does not
        answer.
      returned: always
      type: bool
      sample: true
    rto:
      description: Seconds after which it has to be ready at the other site.
      returned: always
      type: int
      sample: 600
    home:
      description: The first site.
      returned: always
      type: str
      sample: berlin
    hosts:
      description: Its host at each site.
      returned: always
      type: dict
      sample: {berlin: hv1, munich: hv3}
    priority:
      description: Its priority.
      returned: always
      type: int
      sample: 1
problems:
  description: What speaks against guests. In a failover that is no disaster, the task has then failed.
  returned: success
  type: list
  elements: dict
  sample: [{guest: web1, why: "hv4 cannot run it: it has no active network lan-m"}]
run:
  description: The run, by which it is known when it is planned on. It has an C(id), a C(mode), and when it was
    C(begun).
  returned: success
  type: dict
  sample: {id: 20261123T041512Z-3, mode: planned, source: berlin, target: munich, begun: 1795407312.4}
plan:
  description: The plan's name.
  returned: success
  type: str
  sample: shop
mode:
  description: What was planned, as O(mode).
  returned: success
  type: str
  sample: failover
summary:
  description: All that matters, for people to read.
  returned: success
  type: list
  elements: str
  sample: ["db1: active at berlin; running at berlin, absent at munich; its replica is 412 s old (may be 900 s)."]
"""
