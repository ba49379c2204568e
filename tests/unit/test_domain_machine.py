# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine of a domain, the pure part: its codecs, what contradicts, what follows, what no lab host can have."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import machine_rules
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import NUMBERS
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read, reconcile
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.features import Adjustment
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.metadata import Labels, Moment
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.remainder import remainder

MIB = 2**20


def made(before: str = "", **spec: Any) -> xml.Element:
    """What becomes of a definition by what a spec states."""
    document = xml.parse(f"<domain>{before}</domain>")
    stored = reconcile(DOMAIN.fields, document, spec)
    machine_rules.complete(document, spec, stored)
    return document


def refused(now: dict[str, Any] | None = None, **spec: Any) -> list[str]:
    return [path for path, _why in machine_rules.contradictions(spec, now or {})]


@pytest.mark.parametrize(
    ("stated", "kept"),
    [("0-3,^2,8", "0-1,3,8"), ("1,0,2", "0-2"), ("7", "7"), ("", ""), (" 4 , 5 ", "4-5"), (3, "3")],
)
def test_numbers(stated: Any, kept: str) -> None:
    assert NUMBERS.parse(stated) == kept


@pytest.mark.parametrize("stated", ["3-1", "a", "1-", "-1", "1;2", "0-9999999"])
def test_no_numbers(stated: str) -> None:
    with pytest.raises(ValueError, match="is not a set of numbers"):
        NUMBERS.parse(stated)


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("2027-01-31", "2027-01-31T00:00:00Z"),
        ("2027-01-31T18:00:00Z", "2027-01-31T18:00:00Z"),
        ("2027-01-31 18:00:00+01:00", "2027-01-31T17:00:00Z"),
        ("", ""),
    ],
)
def test_moment(stated: str, kept: str) -> None:
    assert Moment().parse(stated) == kept


def test_what_is_no_moment_label_or_adjustment() -> None:
    with pytest.raises(ValueError, match="is not a time"):
        Moment().parse("tomorrow")
    with pytest.raises(ValueError, match="a label is a text"):
        Labels().parse({"a": ["b"]})
    with pytest.raises(ValueError, match="neither a number of seconds"):
        Adjustment().parse("soon")


def test_metadata_of_others_is_left_alone() -> None:
    other = '<metadata><x:a xmlns:x="urn:x">1</x:a></metadata>'
    document = made(other, metadata={"owner": "ops", "labels": {"b": "2", "a": "1"}})
    assert read(DOMAIN.fields, document)["metadata"] == {"owner": "ops", "labels": {"a": "1", "b": "2"}}
    reconcile(DOMAIN.fields, document, {"metadata": {"owner": "", "labels": {}}})
    machine_rules.complete(document, {}, reconcile(DOMAIN.fields, document, {}))
    assert xml.text_of(document) == xml.text_of(xml.parse(f"<domain>{other}</domain>"))


#: What the lab's hosts cannot have: read again as it was written, and nothing of it is left over.
ELSEWHERE: tuple[dict[str, Any], ...] = (
    {
        "launch_security": {
            "type": "sev",
            "policy": "0x1",
            "kernel_hashes": True,
            "cbitpos": 47,
            "reduced_phys_bits": 1,
            "dh_cert": "QQ==",
            "session": "QQ==",
        }
    },
    {
        "launch_security": {
            "type": "sev-snp",
            "policy": "0x30000",
            "author_key": True,
            "vcek": False,
            "guest_visible_workarounds": "QQ==",
            "id_block": "QQ==",
            "id_auth": "QQ==",
            "host_data": "QQ==",
        }
    },
    {"launch_security": {"type": "s390-pv"}, "keywrap": [{"name": "aes", "state": False}]},
    {"features": {"hpt": {"resizing": "enabled", "maxpagesize": "16MiB"}, "htm": True, "nested_hv": False}},
    {"features": {"ccf_assist": True, "cfpc": "fixed", "sbbc": "broken", "ibs": "fixed-ibs"}},
    {"features": {"gic": "3", "ras": True, "aia": "aplic"}},
)


@pytest.mark.parametrize("stated", ELSEWHERE, ids="+".join)
def test_what_other_hosts_have(stated: dict[str, Any]) -> None:
    spec = parse(DOMAIN.fields, stated)
    document = made(**spec)
    found = read(DOMAIN.fields, document)
    assert {name: found[name] for name in spec if name != "features"} == {
        name: spec[name] for name in spec if name != "features"
    }
    assert spec.get("features", {}).items() <= found["features"].items() if "features" in spec else True
    assert remainder(DOMAIN.fields, document) is None
    assert not reconcile(DOMAIN.fields, document, spec).differences


def test_contradictions() -> None:
    cells = [{"id": 0, "memory": 64 * MIB}]
    assert refused(memory=128 * MIB, cpu={"numa": {"cells": cells}}) == ["cpu.numa.cells"]
    assert refused(memory=64 * MIB, cpu={"numa": {"cells": cells}}) == []
    assert refused({"memory": 64 * MIB, "cpu": {"numa": {"cells": cells}}}, memory=32 * MIB) == ["cpu.numa.cells"]
    halves = [{"id": number, "cpus": str(number), "memory": 32 * MIB} for number in (0, 1)]
    assert refused(vcpus=4, cpu={"numa": {"cells": halves}}) == ["cpu.numa.cells"]
    assert refused(vcpus=2, cpu={"numa": {"cells": halves}}) == []
    assert refused(individual_vcpus=[{"id": 0, "enabled": False}]) == ["individual_vcpus"]
    assert refused(current_vcpus=2, individual_vcpus=[{"id": 0, "enabled": True}]) == ["current_vcpus"]
    assert refused(iothreads=1, iothread_ids=[{"id": 1}, {"id": 2}]) == ["iothreads"]
    opposite = {"secure_boot": True, "firmware_features": [{"name": "secure-boot", "enabled": False}]}
    assert refused(os=opposite) == ["os.secure_boot"]
    assert refused(vcpus=4, cpu={"topology": {"sockets": 1, "cores": 1, "threads": 1}}) == ["cpu.topology"]
    assert refused(vcpu_placement="auto", vcpu_cpuset="0") == ["vcpu_cpuset"]
    assert refused(vcpu_placement="static", numatune={"memory": {"placement": "auto"}}) == ["vcpu_placement"]
    assert refused(clock={"offset": "utc", "start": 1}) == ["clock.start"]
    assert refused(features={"smm": False, "smm_tseg": MIB}) == ["features.smm_tseg"]
    assert refused(features={"apic": False, "apic_eoi": True}) == ["features.apic_eoi"]
    assert refused(features={"hyperv": {"mode": "passthrough", "relaxed": True}}) == ["features.hyperv"]
    assert refused(features={"hyperv": {"spinlocks": {"state": False, "retries": 4096}}}) == [
        "features.hyperv.spinlocks"
    ]
    assert refused(features={"kvm": {"dirty_ring": {"state": True}}}) == ["features.kvm.dirty_ring.size"]


def test_numbers_and_lists_of_threads_follow_each_other() -> None:
    listed = "<iothreads>2</iothreads><iothreadids><iothread id='3'/><iothread id='5'/></iothreadids>"
    assert xml.get(made(listed, iothread_ids=[{"id": 3}]), "iothreads") == "1"
    fewer = made(listed, iothreads=1)
    assert [thread.get("id") for thread in xml.find_all(fewer, "iothreadids/iothread")] == ["3"]
    vcpus = "<vcpu current='1'>2</vcpu><vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='no'/></vcpus>"
    assert xml.find(made(vcpus, current_vcpus=2), "vcpus") is None


def test_another_firmware_takes_the_files_of_the_old_one_along() -> None:
    chosen = "<os firmware='efi'><loader type='pflash'>/old</loader><nvram>/vars</nvram></os>"
    for stated in ({"firmware": "bios"}, {"secure_boot": True}):
        document = made(chosen, os=stated)
        assert xml.find(document, "os/loader") is None
        assert xml.find(document, "os/nvram") is None
    kept = made(chosen, os={"secure_boot": True, "nvram": {"path": "/vars"}})
    assert xml.get(kept, "os/nvram") == "/vars"
