# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option xml: what rows cover of a document, and what is left."""

from __future__ import annotations

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import forgotten
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.table import DOMAIN
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.fragment import (
    overlay,
    parse_fragment,
    state_remainder,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.remainder import remainder

DOCUMENT = """
<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>law</name>
  <devices>
    <disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><source file='/b'/><target dev='vdb' bus='virtio'/><odd size='1'/></disk>
  </devices>
  <qemu:commandline><qemu:arg value='-a'/><qemu:arg value='-b'/></qemu:commandline>
</domain>
"""


def test_a_fragment_is_a_document_or_some_of_its_elements() -> None:
    for text in (
        "<domain><vcpu>2</vcpu></domain>",
        "<vcpu>2</vcpu>",
        "<?xml version='1.0'?><domain><vcpu>2</vcpu></domain>",
    ):
        assert xml.get(parse_fragment("domain", text), "vcpu") == "2"
    several = parse_fragment("domain", "<vcpu>2</vcpu><qemu:commandline/>")
    assert [xml.local_name(child.tag) for child in several] == ["vcpu", "commandline"]


def test_what_is_not_xml_is_told_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"not well-formed.*line 1"):
        parse_fragment("domain", "<vcpu>2</cpu>")


def test_what_is_left_keeps_what_identifies_its_item() -> None:
    rest = remainder(DOMAIN.fields, xml.parse(DOCUMENT))
    (disk,) = xml.find_all(rest, "devices/disk")
    assert xml.get(disk, "target/@dev") == "vdb"
    assert xml.get(disk, "odd/@size") == "1"
    assert xml.find(disk, "source") is None
    assert xml.find(rest, "name") is None


def test_nothing_is_left_of_what_rows_cover() -> None:
    assert remainder(DOMAIN.fields, xml.parse("<domain type='kvm'><name>law</name><vcpu>2</vcpu></domain>")) is None


def state(text: str, document: xml.Element) -> list[str]:
    rest = remainder(DOMAIN.fields, parse_fragment("domain", text))
    return [difference.path for difference in state_remainder(DOMAIN.fields, rest, document)]


def test_what_is_left_is_compared_element_by_element() -> None:
    document = xml.parse(DOCUMENT)
    assert state(DOCUMENT, document) == []
    odd = "<devices><disk><target dev='vdb'/><odd size='{}'/></disk></devices>"
    assert state(odd.format("0x1"), document) == []  # the same number
    assert state(odd.format("2"), document) == ["xml:devices/disk[vdb]/odd/@size"]
    assert [odd.get("size") for odd in document.iter("odd")] == ["2"]
    assert state("<odd>text</odd>", document) == ["xml:odd"]


def test_elements_of_no_row_are_a_whole_list() -> None:
    document = xml.parse(DOCUMENT)
    line = "<qemu:commandline>{}</qemu:commandline>"
    assert state(line.format("<qemu:arg value='-a'/>"), document) == ["xml:commandline/arg[1]"]
    assert state(line.format("<qemu:arg value='-c'/>"), document) == ["xml:commandline/arg/@value"]
    assert state(line.format("<qemu:arg value='-c'/><qemu:arg value='-d'/>"), document) == ["xml:commandline/arg[1]"]


def test_options_come_on_top_of_a_document() -> None:
    beneath = {"memory": 1, "os": {"machine": "q35"}, "disks": [{"target": "vda", "serial": "x"}, {"target": "vdb"}]}
    above = {"memory": 2, "os": {"arch": "x86_64"}, "disks": [{"target": "vda", "bus": "scsi"}]}
    assert overlay(DOMAIN.fields, beneath, above) == {
        "memory": 2,
        "os": {"machine": "q35", "arch": "x86_64"},
        "disks": [{"target": "vda", "serial": "x", "bus": "scsi"}],
    }


@pytest.mark.parametrize(
    "stated",
    [
        "<seclabel type='static' model='dac'><imagelabel>x</imagelabel></seclabel>",
        "<devices><disk type='file'><mirror/></disk></devices>",
        "<devices><input type='tablet'><alias name='input0'/></input></devices>",
        "<metadata><nameless/></metadata>",
    ],
)
def test_what_libvirt_forgets_is_taken_out(stated: str) -> None:
    document = parse_fragment("domain", stated)
    forgotten.take_out(document)
    told = xml.text_of(document)
    assert not any(word in told for word in ("imagelabel", "mirror", "alias", "nameless"))


def test_aliases_of_a_user_are_kept() -> None:
    document = parse_fragment("domain", "<devices><input type='tablet'><alias name='ua-one'/></input></devices>")
    forgotten.take_out(document)
    assert xml.get(document, "devices/input/alias/@name") == "ua-one"
