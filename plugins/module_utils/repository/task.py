# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a module's parameters to its result, for modules that work on a repository and need no libvirt."""

from __future__ import annotations

import fnmatch
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.fleet import report
from ansible_collections.hypervise.kvm.plugins.module_utils.module import require
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.guest import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository

OPTIONS: dict[str, t.Any] = {
    "repository": {"type": "path", "required": True},
    "domain": {"type": "list", "elements": "str", "default": []},
}

#: What is done to one guest: it, the wish, and whether nothing may be changed -> what became of it.
Work = t.Callable[[Guest, t.Any, bool], dict[str, t.Any]]

#: Guests that a task means, by name; C(None) for one that has no points.
Found = list[tuple[str, t.Optional[Guest]]]


def run_repository_module(
    options: dict[str, t.Any],
    parse: t.Callable[[t.Mapping[str, t.Any]], t.Any],
    work: Work,
    libvirt_for: str = "",
) -> None:
    """Be a module that does the same to the points of many guests, each of which has its turn.

    :arg libvirt_for: the option that needs libvirt, too.
    """
    module = AnsibleModule(argument_spec={**OPTIONS, **options}, supports_check_mode=True)
    require(module, "nbd", *(("libvirt", "lxml") if module.params.get(libvirt_for) else ()))
    try:
        wish = parse(module.params)
        found = chosen(Repository.open(module.params["repository"]), module.params["domain"])
    except KvmError as error:
        module.fail_json(**error.result())
    end(module, each(found, lambda guest: work(guest, wish, module.check_mode)))


def each(found: Found, work: t.Callable[[Guest], dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    """Return what became of each guest. What goes wrong with one is no matter of the others."""
    return [_one(name, guest, work) for name, guest in found]


def end(module: AnsibleModule, told: list[dict[str, t.Any]]) -> None:
    """End with the result of all."""
    result = report(told)
    if "msg" in result:
        module.fail_json(**result)
    module.exit_json(**result)


def chosen(repository: Repository, names: t.Sequence[str]) -> Found:
    """Return the guests that are named, by name, UUID or pattern, each once; C(None) for one that has no points here.

    Without a name, that is all.
    """
    there = repository.guests()
    found: dict[str, tuple[str, Guest | None]] = {}
    for name in names or ["*"]:
        guests = [guest for guest in there if name == guest.uuid or fnmatch.fnmatchcase(guest.name, name)]
        if not guests and not any(sign in name for sign in "*?["):
            guests = repository.find(name)  # by a name that it has had since, which its manifests tell
            if not guests:
                found[name] = (name, None)
        found.update({guest.path: (guest.name, guest) for guest in guests})
    return list(found.values())


def _one(name: str, guest: Guest | None, work: t.Callable[[Guest], dict[str, t.Any]]) -> dict[str, t.Any]:
    try:
        if guest is None:
            raise Refused(f"domain: there are no points of {name}.", "Check the name.", option="domain")
        return {"name": name, "uuid": guest.uuid, **work(guest)}
    except KvmError as error:
        return {"name": name, "changed": False, "failed": True, **error.result()}
