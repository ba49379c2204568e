# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of snapshots, and what may be removed from them."""

from __future__ import annotations

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.overlays import understood
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.removal import plan_removal, refusal
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.resource import Snapshots
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.state import Guest
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import Snapshot, Tree


def external(name: str, parent: str, image: str, current: bool = False) -> Snapshot:
    """A snapshot after which the guest went on from an image to one of the snapshot's name."""
    document = f"""
        <domainsnapshot>
        <disks><disk name='vda' snapshot='external'><source file='/{name}'/></disk></disks>
        <domain><devices><disk><source file='/{image}'/><target dev='vda'/></disk></devices></domain>
        </domainsnapshot>"""
    return Snapshot(name, xml.parse(document), current, parent)


def tree(*snapshots: Snapshot) -> Tree:
    return Tree({snapshot.name: snapshot for snapshot in snapshots})


#: a, and on it b and c; the guest went on from c.
FORK = tree(external("a", "", "base"), external("b", "a", "a"), external("c", "a", "a2", current=True))


def test_kinship() -> None:
    line = tree(external("a", "", "base"), external("b", "a", "a"), external("c", "b", "b", current=True))
    assert [snapshot.name for snapshot in line.descendants("a")] == ["c", "b"]
    assert [snapshot.name for snapshot in line.line()] == ["c", "b", "a"]
    left = line.without("c")
    assert left.current == left.get("b")
    assert line.without("b").snapshots["c"].parent == "a"
    assert [snapshot.name for snapshot in FORK.line()] == ["c", "a"]


@pytest.mark.parametrize(
    ("name", "new", "said"),
    [
        ("a", True, "several snapshots rest on it"),
        ("b", True, ""),
        ("b", False, "this libvirt cannot"),
        ("c", True, ""),
    ],
)
def test_what_cannot_be_removed(name: str, new: bool, said: str) -> None:
    reason, _hint = refusal(Guest("guest", reverts_external=new), FORK, FORK.snapshots[name])
    assert said in reason
    assert bool(reason) == bool(said)


def test_image_on_which_two_rest_is_kept() -> None:
    shared = tree(external("a", "", "base"), external("b", "a", "a"), external("c", "a", "a", current=True))
    assert "same images" in refusal(Guest("guest", reverts_external=True), shared, shared.snapshots["b"])[0]


def test_each_removal_is_judged_by_what_those_before_it_leave() -> None:
    guest = Guest("guest", power="stopped", reverts_external=True)
    plan = Plan("")
    assert list(plan_removal(plan, guest, FORK, ["b", "a"]).snapshots) == ["c"]
    assert [step.name for step in plan.steps] == ["delete b", "delete a"]
    with pytest.raises(Refused):
        plan_removal(Plan(""), guest, FORK, ["a", "b"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": ""}, "name"),
        ({"name": ".a"}, "name"),
        ({"name": "a", "type": "internal", "memory_file": "/a"}, "type"),
        ({"name": "a", "disks": [{"target": "vda", "file": "b"}]}, r"disks\[vda\].file"),
    ],
)
def test_bad_options(options: dict[str, object], said: str) -> None:
    defaults = {"state": "present", "quiesce": False, "children": False}
    with pytest.raises(InvalidSpec, match=said):
        Snapshots().parse({**defaults, **options})


def test_image_from_before_is_the_same_disk() -> None:
    below = {"vda": [{"file": "/a"}, {"pool": "p", "volume": "v"}]}
    stated = {"target": "vda", "source": {"file": "/a"}, "driver": {"type": "raw", "cache": "none"}}
    assert understood({"disks": [stated]}, below) == {"disks": [{"target": "vda", "driver": {"cache": "none"}}]}
    other = {"disks": [{"target": "vda", "source": {"file": "/b"}}, {"target": "vdb", "source": {"file": "/a"}}]}
    assert understood(other, below) == other
    assert understood(other, {}) == other
