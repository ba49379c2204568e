# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a host: of documents that a large one would have, and of libvirt's in-process test driver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.host import cpu, facts, guests
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.capabilities import snake
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain_capabilities import domain_capabilities

#: Of a host with all that the schema knows, by libvirt's capability.rng.
LARGE = """
<capabilities>
  <host>
    <uuid>d7d8a343-7bf6-4a69-8699-40e972df652a</uuid>
    <cpu>
      <arch>x86_64</arch><model>EPYC-Rome</model><vendor>AMD</vendor>
      <microcode version='16777317'/><signature family='23' model='49' stepping='0'/>
      <counter name='tsc' frequency='2596102000' scaling='yes'/>
      <topology sockets='1' dies='1' clusters='1' cores='16' threads='2'/>
      <maxphysaddr mode='emulate' bits='48'/>
      <feature name='x2apic'/><feature name='topoext'/>
      <pages unit='KiB' size='4'/><pages unit='KiB' size='2048'/>
    </cpu>
    <power_management><suspend_mem/><suspend_hybrid/></power_management>
    <iommu support='yes'/>
    <migration_features>
      <live/><uri_transports><uri_transport>tcp</uri_transport><uri_transport>rdma</uri_transport></uri_transports>
    </migration_features>
    <topology>
      <cells num='2'>
        <cell id='0'>
          <memory unit='KiB'>1024</memory>
          <pages unit='KiB' size='4'>128</pages><pages unit='KiB' size='2048'>3</pages>
          <distances><sibling id='0' value='10'/><sibling id='2' value='21'/></distances>
          <cache level='1' associativity='direct' policy='writeback'>
            <size value='10' unit='KiB'/><line value='8' unit='B'/>
          </cache>
          <cpus num='1'><cpu id='0' socket_id='0' die_id='0' cluster_id='65535' core_id='0' siblings='0,16'/></cpus>
        </cell>
        <cell id='2'><memory unit='KiB'>2048</memory><cpus num='0'/></cell>
      </cells>
      <interconnects>
        <latency initiator='0' target='2' type='read' value='10'/>
        <bandwidth initiator='0' target='2' cache='1' type='access' value='2048' unit='KiB'/>
      </interconnects>
    </topology>
    <cache>
      <bank id='0' level='3' type='both' size='15' unit='MiB' cpus='0-5'>
        <control granularity='768' min='1536' unit='KiB' type='both' maxAllocs='4'/>
      </bank>
    </cache>
    <memory_bandwidth>
      <node id='0' cpus='0-5'><control granularity='10' min='10' maxAllocs='4'/></node>
    </memory_bandwidth>
    <secmodel><model>apparmor</model><doi>0</doi></secmodel>
    <secmodel><model>dac</model><doi>0</doi><baselabel type='kvm'>+64055:+64055</baselabel></secmodel>
  </host>
  <guest>
    <os_type>hvm</os_type>
    <arch name='x86_64'>
      <wordsize>64</wordsize><emulator>/usr/bin/qemu-system-x86_64</emulator>
      <machine maxCpus='288' deprecated='yes'>pc-q35-5.2</machine>
      <machine canonical='pc-q35-10.0' maxCpus='4096'>q35</machine>
      <domain type='qemu'/><domain type='kvm'/>
    </arch>
    <features><acpi default='on' toggle='yes'/><apic default='on' toggle='no'/><externalSnapshot/></features>
  </guest>
</capabilities>
"""


def test_capabilities() -> None:
    assert facts.capabilities(xml.parse(LARGE)) == {
        "uuid": "d7d8a343-7bf6-4a69-8699-40e972df652a",
        "cpu": {
            "arch": "x86_64",
            "model": "EPYC-Rome",
            "vendor": "AMD",
            "microcode": 16777317,
            "signature": {"family": 23, "model": 49, "stepping": 0},
            "counters": [{"name": "tsc", "frequency": 2596102000, "scaling": True}],
            "topology": {"sockets": 1, "dies": 1, "clusters": 1, "cores": 16, "threads": 2},
            "maxphysaddr": {"mode": "emulate", "bits": 48},
            "features": ["x2apic", "topoext"],
            "pages": [{"size": 4096}, {"size": 2 << 20}],
        },
        "power_management": ["suspend_mem", "suspend_hybrid"],
        "iommu": True,
        "migration": {"live": True, "transports": ["tcp", "rdma"]},
        "cells": [
            {
                "id": 0,
                "memory": 1 << 20,
                "pages": [{"size": 4096, "total": 128}, {"size": 2 << 20, "total": 3}],
                "distances": [{"id": 0, "value": 10}, {"id": 2, "value": 21}],
                "caches": [{"level": 1, "associativity": "direct", "policy": "writeback", "size": 10240, "line": 8}],
                "cpus": [{"id": 0, "socket_id": 0, "die_id": 0, "core_id": 0, "siblings": "0,16"}],
            },
            {"id": 2, "memory": 2 << 20},
        ],
        "interconnects": {
            "latencies": [{"initiator": 0, "target": 2, "type": "read", "value": 10}],
            "bandwidths": [{"initiator": 0, "target": 2, "cache": 1, "type": "access", "value": 2 << 20}],
        },
        "caches": [
            {
                "id": 0,
                "level": 3,
                "type": "both",
                "size": 15 << 20,
                "cpus": "0-5",
                "controls": [
                    {"granularity": 768 << 10, "min": 1536 << 10, "type": "both", "max_allocations": 4},
                ],
            }
        ],
        "memory_bandwidth": [
            {"id": 0, "cpus": "0-5", "controls": [{"granularity": 10, "min": 10, "max_allocations": 4}]}
        ],
        "security_models": [
            {"model": "apparmor", "doi": "0"},
            {"model": "dac", "doi": "0", "base_labels": [{"type": "kvm", "label": "+64055:+64055"}]},
        ],
        "guests": [
            {
                "arch": "x86_64",
                "os_type": "hvm",
                "word_size": 64,
                "emulator": "/usr/bin/qemu-system-x86_64",
                "types": ["qemu", "kvm"],
                "machines": [
                    {"name": "pc-q35-5.2", "max_cpus": 288, "deprecated": True},
                    {"name": "q35", "canonical": "pc-q35-10.0", "max_cpus": 4096},
                ],
                "features": {
                    "acpi": {"default": True, "toggle": True},
                    "apic": {"default": True, "toggle": False},
                    "external_snapshot": {"default": True, "toggle": False},
                },
            }
        ],
    }


OFFER = """
<domainCapabilities>
  <path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain><machine>pc-q35-10.0</machine><arch>x86_64</arch>
  <vcpu max='4096'/>
  <iothreads supported='yes'/>
  <os supported='yes'>
    <enum name='firmware'><value>bios</value><value>efi</value></enum>
    <loader supported='yes'>
      <value>/usr/share/OVMF/OVMF_CODE_4M.fd</value>
      <enum name='type'><value>rom</value><value>pflash</value></enum>
    </loader>
  </os>
  <cpu>
    <mode name='host-passthrough' supported='yes'>
      <enum name='hostPassthroughMigratable'><value>on</value><value>off</value></enum>
    </mode>
    <mode name='maximum' supported='no'/>
    <mode name='host-model' supported='yes'>
      <model fallback='forbid'>EPYC</model><vendor>AMD</vendor>
      <feature policy='require' name='x2apic'/><feature policy='disable' name='svm'/>
    </mode>
    <mode name='custom' supported='yes'>
      <model usable='yes' vendor='AMD' canonical='EPYC-v1'>EPYC</model>
      <model usable='no' deprecated='yes' vendor='Intel'>Broadwell</model>
      <blockers model='Broadwell'><feature name='hle'/><feature name='rtm'/></blockers>
      <model usable='unknown' vendor='unknown'>base</model>
    </mode>
  </cpu>
  <devices>
    <disk supported='yes'><enum name='diskDevice'><value>disk</value></enum><enum name='model'/></disk>
    <tpm supported='no'/>
    <novelty supported='yes'><enum name='someThing'><value>new</value></enum></novelty>
  </devices>
  <features>
    <async-teardown supported='yes'/>
    <sev supported='yes'>
      <cbitpos>47</cbitpos><reducedPhysBits>1</reducedPhysBits><maxGuests>59</maxGuests><maxESGuests>450</maxESGuests>
      <cpu0Id>AbCd</cpu0Id>
    </sev>
    <sgx supported='yes'>
      <flc>yes</flc><sgx1>yes</sgx1><sgx2>no</sgx2><section_size unit='KiB'>2</section_size>
      <sections><section node='0' size='1' unit='KiB'/><section node='1' size='1' unit='KiB'/></sections>
    </sgx>
  </features>
</domainCapabilities>
"""


def test_domain_capabilities() -> None:
    assert domain_capabilities(xml.parse(OFFER)) == {
        "arch": "x86_64",
        "type": "kvm",
        "machine": "pc-q35-10.0",
        "emulator": "/usr/bin/qemu-system-x86_64",
        "max_vcpus": 4096,
        "iothreads": True,
        "firmware": ["bios", "efi"],
        "loader": {"supported": True, "type": ["rom", "pflash"], "paths": ["/usr/share/OVMF/OVMF_CODE_4M.fd"]},
        "cpu": {
            "modes": ["host-passthrough", "host-model", "custom"],
            "migratable": {"host-passthrough": ["on", "off"]},
            "host_model": {
                "mode": "custom",
                "match": "exact",
                "model": "EPYC",
                "fallback": "forbid",
                "vendor": "AMD",
                "features": [{"name": "x2apic", "policy": "require"}, {"name": "svm", "policy": "disable"}],
            },
            "models": [
                {"name": "EPYC", "canonical": "EPYC-v1", "vendor": "AMD", "usable": True, "blockers": []},
                {
                    "name": "Broadwell",
                    "vendor": "Intel",
                    "deprecated": True,
                    "usable": False,
                    "blockers": ["hle", "rtm"],
                },
                {"name": "base", "vendor": "unknown", "usable": None, "blockers": []},
            ],
        },
        "memory_backing": {"supported": False},
        "devices": {
            "disk": {"supported": True, "disk_device": ["disk"], "model": []},
            "tpm": {"supported": False},
            "novelty": {"supported": True, "some_thing": ["new"]},
        },
        "features": {
            "async_teardown": {"supported": True},
            "sev": {
                "supported": True,
                "cbitpos": 47,
                "reduced_phys_bits": 1,
                "max_guests": 59,
                "max_es_guests": 450,
                "cpu0_id": "AbCd",
            },
            "sgx": {
                "supported": True,
                "flc": True,
                "sgx1": True,
                "sgx2": False,
                "section_size": 2048,
                "sections": [{"node": 0, "size": 1024}, {"node": 1, "size": 1024}],
            },
        },
    }


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("diskDevice", "disk_device"),
        ("maxESGuests", "max_es_guests"),
        ("async-teardown", "async_teardown"),
        ("cpu0Id", "cpu0_id"),
        ("vmcoreinfo", "vmcoreinfo"),
    ],
)
def test_names(name: str, told: str) -> None:
    assert snake(name) == told


def test_share_of_a_guest() -> None:
    told = guests.share(
        xml.parse(
            "<domain type='kvm'><os><type arch='x86_64' machine='pc-q35-10.0'>hvm</type></os>"
            "<metadata><hv:domain xmlns:hv='urn:hypervise:kvm:domain:1'><hv:label name='a'>b</hv:label></hv:domain>"
            "</metadata><memory unit='KiB'>4194304</memory><currentMemory unit='KiB'>1048576</currentMemory>"
            "<vcpu current='2'>4</vcpu><numatune><memory mode='strict' nodeset='0'/></numatune>"
            "<cputune><vcpupin vcpu='0' cpuset='1'/></cputune>"
            "<devices><hostdev mode='subsystem' type='pci' managed='yes'><source>"
            "<address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/></source></hostdev>"
            "<disk type='file' device='disk'><source file='/srv/a'/><target dev='vda'/></disk>"
            "<disk type='file' device='cdrom'><source file='/srv/b'/><target dev='sda'/></disk>"
            "<disk type='volume' device='disk'><source pool='p' volume='v'/><target dev='vdb'/></disk>"
            "<interface type='network'><source network='n'/></interface>"
            "<interface type='network'><source network='m'/></interface>"
            "<interface type='network'><source network='n'/></interface>"
            "<interface type='bridge'><source bridge='br0'/></interface>"
            "<memory model='dimm'><target><size unit='KiB'>2097152</size></target></memory></devices></domain>"
        )
    )
    resources = told.pop("resources")
    assert told.pop("labels") == {"a": "b"}
    assert told.pop("needs") == {
        "arch": "x86_64",
        "machine": "pc-q35-10.0",
        "networks": ["m", "n"],
        "bridges": ["br0"],
        "storage_pools": ["p"],
        "files": ["/srv/a"],
    }
    assert told == {"vcpus": 2, "maximum_vcpus": 4, "memory": 1 << 30, "maximum_memory": 4 << 30}
    assert resources["memory"] == 2 << 30  # without its module
    assert resources["hostdevs"][0]["type"] == "pci"
    assert resources["numatune"] == {"memory": {"mode": "strict", "nodeset": "0"}}
    assert "disks" not in resources


def test_totals() -> None:
    def guest(state: str, memory: int) -> dict[str, Any]:
        return {"state": state, "vcpus": 1, "maximum_vcpus": 3, "memory": 1, "maximum_memory": memory}

    there = [guest("running", 100), guest("paused", 50), guest("saved", 25), guest("stopped", 25)]
    assert guests.totals(there, {"online": 3}, {"total": 400}) == {
        "vcpus": {"physical": 3, "running": 2, "defined": 12, "running_ratio": 0.667, "defined_ratio": 4.0},
        "memory": {"physical": 400, "running": 150, "defined": 200, "running_ratio": 0.375, "defined_ratio": 0.5},
    }
    assert guests.totals([], {"online": 3}, {"total": 400})["memory"]["running_ratio"] == 0


@pytest.fixture
def connection() -> Iterator[Connection]:
    with Connection("test:///default", check_mode=True) as connection:
        yield connection


def test_of_the_test_driver(connection: Connection) -> None:
    told = facts.identity(connection)
    assert (told["uri"], told["hypervisor"]) == ("test:///default", "TEST")
    processors = facts.cpus(connection)
    assert processors["total"] == 8
    assert processors["online"] == 3
    assert processors["online_set"] == "0,2,4"
    (pool,) = facts.storage_pools(connection)
    assert (pool["name"], pool["state"], pool["type"]) == ("default-pool", "active", "dir")
    assert pool["available"] == pool["capacity"] - pool["allocation"]
    (network,) = facts.networks(connection)
    assert (network["name"], network["state"], network["bridge"], network["forward"]) == (
        *("default", "active"),
        *("virbr0", "nat"),
    )
    (guest,) = guests.guests(connection)
    assert (guest["name"], guest["state"], guest["vcpus"], guest["maximum_memory"]) == ("test", "running", 2, 8 << 30)


def test_cpus_are_documents() -> None:
    spec, text = cpu.cpus([{"model": "EPYC", "features": [{"name": "svm", "policy": "disable"}]}, "<cpu/>"], "cpus")
    assert xml.compact(spec) == '<cpu><model>EPYC</model><feature name="svm" policy="disable"/></cpu>'
    assert text.tag == "cpu"


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("<cpu", "cpus[1]: this is not well-formed XML"),
        ("<cpu><topology sockets='x'/></cpu>", ""),
        (7, "cpus[1]: 7 is neither"),
        ({"modell": "EPYC"}, "cpus[1]: modell. Supported parameters include"),
        ({"topology": {"sockets": 0, "cores": 1, "threads": 1}}, "cpus[1].topology.sockets: 0 is too small"),
    ],
)
def test_cpus_that_are_none(stated: Any, told: str) -> None:
    if not told:  # what XML says is libvirt's to judge
        cpu.cpus([{}, stated], "cpus")
        return
    with pytest.raises(InvalidSpec) as caught:
        cpu.cpus([{}, stated], "cpus")
    assert told in str(caught.value)
