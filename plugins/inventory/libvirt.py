# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: libvirt
short_description: Guests of libvirt hosts as an inventory
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Makes hosts of the domains of any number of hypervisors, those that are off included.
  - All hypervisors are asked at once, each by a process of its own. One that does not answer in time holds up no other.
  - The configuration is a YAML file whose name ends in C(libvirt.yml) or C(libvirt.yaml).
  - Each host has the variable C(libvirt), which is what M(hypervise.kvm.domain_info) returns of a domain, with the
    C(uri) and the C(host) that it was found on. C(ansible_libvirt_uri) and C(ansible_libvirt_domain) are set as
    P(hypervise.kvm.guest_agent#connection) takes them, and C(ansible_host) where an address is known.
  - What hypervisors and guests tell is data. It is never a template, whatever it looks like.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: Says that a file is for this plugin.
    type: str
    required: true
    choices: [hypervise.kvm.libvirt]
  uris:
    description:
      - The libvirt connections, seen from the controller, for example V(qemu+ssh://root@hv1.example.com/system).
      - What asks for a password has nobody to ask. Use keys and an agent for ssh, and certificates for TLS.
    type: list
    elements: str
    default: ['qemu:///system']
  name:
    description:
      - Names of the domains that become hosts, or patterns as a shell has them. All, if it is not given.
    type: list
    elements: str
    default: []
  timeout:
    description: Within how many seconds each hypervisor has to answer, O(agent_timeout) not counted.
    type: float
    default: 30
  unreachable:
    description:
      - What to do where a hypervisor does not answer. V(skip) goes on without its guests, with a warning; V(fail) makes
        no inventory.
      - Who was left out is told in the variable C(libvirt_unreachable) of all hosts, a list of URIs.
      - A cache keeps what did answer. Who did not is asked again.
    type: str
    choices: [skip, fail]
    default: skip
  gather:
    description:
      - What to know of each domain besides its state, see M(hypervise.kvm.domain_info). Without V(spec), no
        groups can be made of labels and networks, and a host with any number of domains takes a handful of calls.
    type: list
    elements: str
    choices: [spec, statistics, job]
    default: [spec]
  addresses:
    description:
      - Whom to ask for the addresses of running guests, in this order. The first that knows an address tells it.
      - V(lease) is the DHCP server of libvirt's networks, V(agent) the QEMU guest agent inside the guest, V(arp) the
        ARP table of the hypervisor. With an empty list, nobody is asked.
    type: list
    elements: str
    choices: [lease, agent, arp]
    default: [lease]
  address_families:
    description: Which addresses may become C(ansible_host), the preferred ones first.
    type: list
    elements: str
    choices: [ipv4, ipv6]
    default: [ipv4, ipv6]
  address_ranges:
    description:
      - Ranges, as V(192.0.2.0/24), of which an address may become C(ansible_host), the preferred ones first. If it is
        not given, any may, except those that count within a link alone.
    type: list
    elements: str
    default: []
  agent:
    description: Whether to ask the guest agents of running guests for their operating system.
    type: bool
    default: false
  agent_timeout:
    description:
      - Within how many seconds the agents of a hypervisor's guests have to answer, all of them together. A guest whose
        agent does not is a host all the same.
      - They are asked five at a time, as many as a daemon takes from one client. One that is silent takes the place of
        another for the 5 seconds for which libvirt waits for it.
    type: float
    default: 10
  group_by:
    description:
      - What to make groups of. Characters that names of groups cannot have become underscores.
      - V(state) makes for example C(state_running), V(host) C(host_hv1_example_com), V(labels) C(label_role_web) of the
        label C(role) with the value C(web), V(networks) C(network_default), and V(os) C(os_debian), as the agent tells
        or else as the definition does in libosinfo's words.
    type: list
    elements: str
    choices: [state, host, labels, networks, os]
    default: [state, host, labels, networks, os]
  inventory_hostname:
    description:
      - A Jinja2 expression for the names of hosts, for which the variable C(libvirt) is there. If it is not given, a
        host has its domain's name.
      - Where several domains come to have one name, those that run come first, and the others are left out with a
        warning. A domain with the same UUID on several hypervisors is one host.
    type: str
requirements:
  - python3-libvirt and python3-lxml on the controller, the packages of its distribution. They are found also when
    Ansible runs with another Python than the one they are made for.
seealso:
  - module: hypervise.kvm.domain_info
  - plugin: hypervise.kvm.guest_agent
    plugin_type: connection
"""

EXAMPLES = r"""
# All guests of this machine.
plugin: hypervise.kvm.libvirt

---
# Guests of several hosts, reached through the addresses that DHCP servers or agents know, and remembered for an hour.
plugin: hypervise.kvm.libvirt
uris:
  - qemu+ssh://root@hv1.example.com/system
  - qemu+ssh://root@hv2.example.com/system
addresses: [lease, agent]
address_ranges: [192.0.2.0/24]
agent: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/cache/ansible/libvirt
cache_timeout: 3600

---
# Groups and variables of one's own, and names that are told apart where several hosts have a guest of one name.
plugin: hypervise.kvm.libvirt
uris: ['qemu+ssh://root@hv1.example.com/system']
inventory_hostname: libvirt.name ~ '.' ~ libvirt.host
compose:
  # Guests without an address are reached through their agents.
  ansible_connection: "'ansible.builtin.ssh' if libvirt.addresses else 'hypervise.kvm.guest_agent'"
groups:
  large: libvirt.spec.memory >= 16 * 1024 ** 3
  waits_for_restart: libvirt.pending_restart | length > 0
keyed_groups:
  - key: libvirt.spec.metadata.owner
    prefix: owner
"""

import json
import typing as t

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.plugin_utils import guests, programs
from ansible_collections.hypervise.kvm.plugins.plugin_utils.unsafe import data

Accounts = dict[str, dict[str, t.Any]]


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Hypervisors are asked, and what they tell becomes hosts, variables and groups."""

    NAME = "hypervise.kvm.libvirt"
    inventory: t.Any

    def verify_file(self, path: str) -> bool:
        return path.endswith(("libvirt.yml", "libvirt.yaml")) and bool(BaseInventoryPlugin.verify_file(self, path))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path)
        self._read_config_data(path)
        accounts = self._accounts(path, cache)
        silent = {uri: account["msg"] for uri, account in accounts.items() if "msg" in account}
        if silent and self.get_option("unreachable") == "fail":
            raise AnsibleParserError("\n".join(silent.values()))
        for sentence in silent.values():
            self.display.warning(f"{sentence} Its guests are left out.")
        self.inventory.set_variable("all", "libvirt_unreachable", list(silent))
        self._add_all(
            {**domain, "uri": uri, "host": guests.host_of(uri, account["hypervisor"])}
            for uri, account in accounts.items()
            for domain in account.get("domains", [])
        )

    def _accounts(self, path: str, cache: bool) -> Accounts:
        """Return an account of each hypervisor, from the cache where it answered before."""
        names = ("name", "gather", "addresses", "agent", "agent_timeout")
        options = {name: self.get_option(name) for name in names}
        questions = {**options, "names": options["name"], "parts": options["gather"]}
        del questions["name"], questions["gather"]
        uris = self.get_option("uris")
        key = self.get_cache_key(path)
        keeps = self.get_option("cache")
        kept = self._kept(key, questions) if keeps and cache else {}
        missing = [uri for uri in uris if uri not in kept]
        asked = self._ask(missing, questions) if missing else {}
        accounts = {uri: data(kept.get(uri) or asked[uri]) for uri in uris}
        if keeps and missing:
            good = {uri: account for uri, account in {**kept, **asked}.items() if "msg" not in account}
            self._cache[key] = {"questions": questions, "accounts": good}
        return accounts

    def _kept(self, key: str, questions: dict[str, t.Any]) -> Accounts:
        try:
            memory = self._cache[key]
        except KeyError:
            return {}
        return t.cast(Accounts, memory["accounts"]) if memory["questions"] == questions else {}

    def _ask(self, uris: list[str], questions: dict[str, t.Any]) -> Accounts:
        asks_agents = questions["agent"] or "agent" in questions["addresses"]
        timeout = self.get_option("timeout") + (questions["agent_timeout"] if asks_agents else 0)
        try:
            program = programs.start("survey")
        except KvmError as error:
            raise AnsibleParserError(str(error.result()["msg"])) from error
        told, said = program.communicate(
            json.dumps({"uris": uris, "questions": questions, "timeout": timeout}).encode()
        )
        if program.returncode:
            raise AnsibleParserError(f"The hypervisors could not be asked: {said.decode(errors='replace').strip()}")
        return t.cast(Accounts, json.loads(told))

    def _add_all(self, domains: t.Iterable[guests.Domain]) -> None:
        named, problems = guests.told_apart((self._name(domain), domain) for domain in domains)
        for sentence in problems:
            self.display.warning(sentence)
        strict = self.get_option("strict")
        families, ranges = self.get_option("address_families"), self.get_option("address_ranges")
        for name, domain in sorted(named.items()):
            address = guests.address_of(domain, families, ranges)
            variables = {
                "libvirt": domain,
                "ansible_libvirt_uri": domain["uri"],
                "ansible_libvirt_domain": domain["name"],
                **({"ansible_host": address} if address else {}),
            }
            self.inventory.add_host(name)
            for variable, value in variables.items():
                self.inventory.set_variable(name, variable, value)
            for group in guests.groups_of(domain, self.get_option("group_by")):
                self.inventory.add_child(self.inventory.add_group(self._sanitize_group_name(group)), name)
            self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    def _name(self, domain: guests.Domain) -> str:
        expression = self.get_option("inventory_hostname")
        return str(self._compose(expression, {"libvirt": domain}) if expression else domain["name"])
