# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules on who goes where: of the option O(rules), and of the labels that guests have."""

from __future__ import annotations

import fnmatch
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import Guest, Host, Rule

#: What the names of labels begin with that a guest has for itself.
PREFIX = "placement."

Stated = t.Mapping[str, t.Any]


def rules(stated: t.Sequence[Stated], hosts: t.Sequence[Host], guests: t.Sequence[Guest]) -> list[Rule]:
    """Return all rules that there are."""
    return [
        *(_stated(rule, f"rules[{index}]", hosts, guests) for index, rule in enumerate(stated)),
        *_labelled(hosts, guests),
    ]


def _stated(rule: Stated, where: str, hosts: t.Sequence[Host], guests: t.Sequence[Guest]) -> Rule:
    if not rule["guests"] and not rule["labels"]:
        raise InvalidSpec([(where, "it says of no guests; state guests or labels")])
    if rule["type"] == "hosts" and not rule["hosts"] and not rule["host_labels"]:
        raise InvalidSpec([(where, "it names no hosts; state hosts or host_labels")])
    return Rule(
        rule["name"],
        rule["type"],
        frozenset(
            index
            for index, guest in enumerate(guests)
            if _matches(guest.name, rule["guests"]) and _has(guest.labels, rule["labels"])
        ),
        _hosts(hosts, rule["hosts"], rule["host_labels"]),
        rule["across"],
    )


def _labelled(hosts: t.Sequence[Host], guests: t.Sequence[Guest]) -> list[Rule]:
    """Return a rule for each value that a label has."""
    found: dict[tuple[str, str], set[int]] = {}
    for index, guest in enumerate(guests):
        for label, value in guest.labels.items():
            kind = label[len(PREFIX) :] if label.startswith(PREFIX) else ""
            if kind in ("affinity", "anti_affinity", "hosts") or (
                kind == "pinned" and value.lower() in ("true", "yes")
            ):
                found.setdefault((kind, value), set()).add(index)
            elif kind and kind != "pinned":
                message = f"the guest {guest.name} has the label {label}, which is none of the labels of placement"
                raise InvalidSpec([("labels", message)])
    return [
        Rule(
            f"{PREFIX}{kind} {value}",
            kind,
            frozenset(members),
            _named(hosts, value) if kind == "hosts" else frozenset(),
        )
        for (kind, value), members in sorted(found.items())
    ]


def _named(hosts: t.Sequence[Host], value: str) -> frozenset[int]:
    """Return the hosts of a label: patterns of names, and C(label=value) that they have to have."""
    words = [word.strip() for word in value.split(",")]
    labels = dict(word.split("=", 1) for word in words if "=" in word)
    return _hosts(hosts, [word for word in words if "=" not in word], labels)


def _hosts(hosts: t.Sequence[Host], names: t.Sequence[str], labels: t.Mapping[str, t.Any]) -> frozenset[int]:
    return frozenset(
        index for index, host in enumerate(hosts) if _matches(host.name, names) and _has(host.labels, labels)
    )


def _matches(name: str, patterns: t.Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _has(labels: t.Mapping[str, str], wanted: t.Mapping[str, t.Any]) -> bool:
    return all(label in labels and str(value) in ("*", labels[label]) for label, value in wanted.items())
