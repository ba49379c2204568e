# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: whatever is wished for together, the laws hold, and a guest that was another one becomes what a new one is.

The options and values are those of the cases, put together as nobody did by hand.
"""

from __future__ import annotations

from typing import Any

import pytest
from domain_cases.common import BASE
from domain_cases.every import PARTS
from harness import laws, tiny
from harness.host import Host, assert_same
from harness.laws import NAME, Spec
from harness.parts import AS_IS, Case, Part
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.hypervise.kvm.plugins.module_utils import xml

#: Options by which a new guest gets others, its CPU and features, that it keeps when they change.
OF_A_NEW_GUEST = ("os.arch",)


def cases_of(part: Part) -> list[Case]:
    """Return the cases of a part whose two values state the same, one for each option."""
    stated = [
        case
        for case in part.cases
        if case.stopped
        and case.a is not AS_IS
        and not case.refused_on
        and case.path not in OF_A_NEW_GUEST
        and (case.a is None) == (case.b is None)
        and names_in(case.a) == names_in(case.b)
    ]
    return list({case.path: case for case in stated}.values())


def names_in(value: Any) -> set[str]:
    """Return the suboptions that a value states."""
    if isinstance(value, dict):
        return {name + rest for name, inner in value.items() for rest in ("", *names_in(inner))}
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


#: What libvirt adds to a guest and we leave alone, as nobody says otherwise.
FILLED_IN = ("<serial", "<console", "<video", "<audio", "<input")

USABLE = [part for part in PARTS if cases_of(part)]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Part], Spec, Spec]:
    """Return two specs that state the same options, each with one of its case's two values."""
    parts: list[Part] = []
    for part in draw(st.lists(st.sampled_from(USABLE), min_size=1, max_size=4, unique_by=lambda part: part.name)):
        if all(options(part).isdisjoint(options(other)) for other in parts):
            parts.append(part)
    specs: list[Spec] = [dict(BASE), dict(BASE)]
    for part in parts:
        chosen = draw(st.lists(st.sampled_from(cases_of(part)), unique_by=lambda case: case.path))
        specs = [{**spec, **part.around} for spec in specs]
        for case in chosen:
            for index, spec in enumerate(specs):
                specs[index] = stating(spec, case, draw(st.booleans()))
    return parts, specs[0], specs[1]


def stating(spec: Spec, case: Case, second: bool) -> Spec:
    spec = laws.put(spec, case.path, case.b if second else case.a)
    for path, value in case.also.items() if second else ():
        spec = laws.put(spec, path, value)
    return spec


def options(part: Part) -> set[str]:
    """Return the options that a part is about."""
    return {*part.around, *(case.row.split(".")[0] for case in part.cases)}


@pytest.fixture
def image(each_host: Host) -> None:
    tiny.install(each_host)


@pytest.mark.usefixtures("image")
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a smaller example would cost minutes: each is a few guests on a real host
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pair=pairs())
def test_any_guest_becomes_any_other(host: Host, pair: tuple[list[Part], Spec, Spec]) -> None:
    parts, one, other = pair
    host.sweep()
    for prepare in {part.prepare for part in parts}:
        prepare(host)
    first = {"name": NAME, **one}
    second = {"name": NAME, **other}
    alone = made(host, second)
    was = made(host, first)
    if alone is None or was is None:
        return  # refused, in check mode and really
    host.run("domain", **first)
    obeys(host, first)
    assert comparable(host) == was, "made again, it is another one"
    changed = laws.twin(host, "domain", **second)
    obeys(host, second)
    is_now = comparable(host)
    assert alone <= is_now, f"it has {is_now - alone} for {alone - is_now}; changed were {changed.paths}"
    surplus = [line for line in is_now - alone if not line.startswith(FILLED_IN)]
    assert not surplus, f"left is {surplus}; changed were {changed.paths}"


def made(host: Host, spec: Spec) -> set[str] | None:
    """Return what a spec makes of no guest at all, C(None) if it is refused; the guest is gone afterwards."""
    before = host.state()
    foretold, done = (host.attempt("domain", check=check, **spec) for check in (True, False))
    assert foretold.failed == done.failed, f"check mode foretold another outcome than {done.data}"
    if done.failed:
        assert foretold["msg"] == done["msg"]
        assert_same(before, host.state(), "domain, which refused,")
        return None
    definition = comparable(host)
    host.run("domain", name=NAME, state="absent", undefine=["nvram", "tpm"])
    return definition


def obeys(host: Host, spec: Spec) -> None:
    laws.assert_unchanged(laws.twin(host, "domain", **spec), "made")
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    laws.assert_unchanged(host.run("domain", **found["spec"]), "gathered")


def comparable(host: Host) -> set[str]:
    """Return the stored definition without what libvirt makes up, and settles by what was there before."""
    definition: Any = xml.parse(host.sh(f"virsh dumpxml --inactive {NAME}"))
    xml.drop(definition, "uuid")
    for address in list(definition.iter("address")):
        address.getparent().remove(address)
    for controller in xml.find_all(definition, "devices/controller"):
        controller.getparent().remove(controller)
    devices = xml.find_all(definition, "devices/*")
    return {xml.compact(entry) for entry in (*definition, *devices) if entry.tag != "devices"}
