# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that are run for a guest, phase by phase, with their options."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.model import Guest, Plan, Site, Step, translate
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.situation import KEEP, RESTORE, Copy, Situation

#: What the names of test guests, their networks and directories begin with. A bridge's name is short.
TEST = "drtest-"

#: Beside a repository: points of what a lost site had written that nobody has.
KEPT = "-diverged"

_COLLECTION = "hypervise.kvm."


def backup(guest: Guest, site: Site, phase: str = "backup") -> Step:
    """Have a point of what is on a guest's disks now."""
    return _step(guest, site, phase, "backup", {"domain": [guest.name], "repository": site.repository, "create": True})


def copy(guest: Guest, source: Site, target: Site, address: str, phase: str = "copy", **record: t.Any) -> Step:
    """Have at one site what points the other one has."""
    return _step(
        guest,
        target,
        phase,
        "backup_copy",
        {
            "domain": [guest.name],
            "repository": target.repository,
            "create": True,
            "source": f"{address}:{source.repository}",
        },
        record,
    )


def retire(guest: Guest, site: Site) -> Step:
    """Have an old copy not start with its host."""
    return _step(guest, site, "retire", "domain", {"name": guest.name, "autostart": False})


def stop(guest: Guest, site: Site) -> Step:
    """Have a guest power off."""
    options = {"name": guest.name, "state": "stopped", **({"shutdown": guest.shutdown} if guest.shutdown else {})}
    return _step(guest, site, "stop", "domain", options)


def keep(guest: Guest, site: Site) -> Step:
    """Have a point, apart from all others, of what a lost site had written."""
    options = {"domain": [guest.name], "repository": site.repository + KEPT, "create": True}
    return _step(guest, site, KEEP, "backup", options)


def restore(plan: Plan, situation: Situation, target: Site, overwrite: bool) -> Step:
    """Have a guest run from its newest point."""
    guest, source = situation.guest, plan.other(target.name)
    options: dict[str, t.Any] = {
        "repository": target.repository,
        "domain": guest.name,
        "networks": _networks(plan, source, target),
        "overwrite": overwrite,
        "state": "running",
    }
    destinations = _destinations(plan, situation.copies, source, target)
    if destinations:
        options["destinations"] = destinations
    return _step(guest, target, RESTORE, "restore", options)


def ready(guest: Guest, site: Site, name: str = "") -> Step:
    """Wait until a guest is."""
    return _step(guest, site, "ready", "domain_ready", {**guest.ready, "name": name or guest.name})


def bubble(plan: Plan, host: str) -> list[Step]:
    """Have networks on a host that nothing leaves, and a place for what tests write."""
    networks = [
        Step(
            "", host, "bubble", f"{_COLLECTION}network", {**network, "name": TEST + network["name"], "state": "active"}
        )
        for network in plan.bubbles
    ]
    directory = {"path": scratch(plan), "state": "directory", "mode": "0711"}
    return [Step("", host, "bubble", "ansible.builtin.file", directory), *networks]


def rehearse(plan: Plan, guest: Guest, target: Site) -> Step:
    """Have a guest of another name run on its newest point, which stays as it is."""
    options = {
        "repository": target.repository,
        "domain": guest.name,
        "name": TEST + guest.name,
        "directory": scratch(plan),
        "networks": bubbles_by_network(plan, plan.other(target.name), target),
        "isolated": True,
        "mode": "overlay",
        "state": "running",
    }
    return _step(guest, target, RESTORE, "restore", options)


def bubbles_by_network(plan: Plan, source: Site, target: Site) -> dict[str, str]:
    """Return the bubble for each network by the name that it has in the points, which come from the other site."""
    names = [bubble["name"] for bubble in plan.bubbles]
    return {translate(plan.networks, name, target.name, source.name): TEST + name for name in names}


def forget(guest: Guest, target: Site) -> Step:
    """Have no test guest."""
    shutdown = {"timeout": 0, "on_timeout": "destroy"}
    undefine = ["managed_save", "snapshots_metadata", "checkpoints_metadata", "nvram", "tpm"]
    options = {"name": TEST + guest.name, "state": "absent", "shutdown": shutdown, "undefine": undefine}
    return _step(guest, target, "cleanup", "domain", options)


def unbubble(plan: Plan, host: str) -> list[Step]:
    """Have nothing of tests on a host."""
    networks = [
        Step("", host, "cleanup", f"{_COLLECTION}network", {"name": TEST + network["name"], "state": "absent"})
        for network in plan.bubbles
    ]
    return [*networks, _absent(host, scratch(plan))]


def discard(plan: Plan, site: Site, host: str) -> Step:
    """Have no points any more of what a lost site had written."""
    return _absent(host, site.repository + KEPT)


def scratch(plan: Plan) -> str:
    """Return the directory of what tests write."""
    return f"/var/lib/libvirt/{TEST}{plan.name}"


def _absent(host: str, path: str) -> Step:
    return Step("", host, "cleanup", "ansible.builtin.file", {"path": path, "state": "absent"})


def _step(
    guest: Guest,
    site: Site,
    phase: str,
    module: str,
    options: dict[str, t.Any],
    record: t.Mapping[str, t.Any] | None = None,
) -> Step:
    return Step(guest.name, guest.hosts[site.name], phase, _COLLECTION + module, options, record or {})


def _networks(plan: Plan, source: Site, target: Site) -> dict[str, str]:
    return {row[source.name]: row[target.name] for row in plan.networks if row[source.name] != row[target.name]}


def _destinations(plan: Plan, copies: t.Mapping[str, Copy], source: Site, target: Site) -> dict[str, str]:
    """Return where disks go whose directory has another name at the target, as the newest point tells of them."""
    points = copies[target.name].points or copies[source.name].points
    found = {}
    for disk in points[-1]["disks"] if points else ():
        directory, name = os.path.split(disk["source"].get("path") or "")
        there = translate(plan.directories, directory, source.name, target.name)
        if there != directory:
            found[disk["target"]] = os.path.join(there, name)
    return found
