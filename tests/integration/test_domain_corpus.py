# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's own documents of domains, each through the option C(xml): the laws hold for what nobody chose for us."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from harness import laws
from harness.host import Host
from harness.laws import NAME
from lxml import etree

from ansible_collections.hypervise.kvm.plugins.module_utils import xml

CORPUS = os.environ.get("HYPERVISE_XML_CORPUS")
DOCUMENTS = sorted(Path(CORPUS, "domain").glob("*.xml")) if CORPUS else []
pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="HYPERVISE_XML_CORPUS names no folder with libvirt's documents")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_document(host: Host, path: Path) -> None:
    """Defined as libvirt would; no change after that; gathered and applied, there and on an empty host."""
    document = renamed(path.read_text())
    canonical = defined_by_libvirt(host, document)
    text = etree.tostring(document, encoding="unicode")
    assert host.run("domain", name=NAME, xml=text).changed
    assert_equal(dump(host), canonical, document, "the document, applied,")
    for options in ({}, {"check": True}):
        laws.assert_unchanged(host.run("domain", name=NAME, xml=text, **options), "applied")
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    laws.assert_unchanged(host.run("domain", **found["spec"]), "gathered")
    remove(host)
    assert host.run("domain", **found["spec"]).changed
    assert_equal(dump(host), canonical, document, "what was gathered, applied to an empty host,")


def renamed(text: str) -> Any:
    """Return a document, made that of the guest which tests may make."""
    document = xml.parse(text)
    xml.put(document, "name", NAME)
    return document


def defined_by_libvirt(host: Host, document: Any) -> Any:
    """Return what libvirt itself makes of a document; skip where it wants none of it."""
    host.sh(f"cat >/srv/law/document.xml <<'EOF'\n{etree.tostring(document, encoding='unicode')}\nEOF")
    said = host.sh("virsh -q define /srv/law/document.xml 2>&1 || true")
    if "error:" in said:
        pytest.skip(f"libvirt on {host.name}: {said.strip().splitlines()[-1]}")
    canonical = dump(host)
    remove(host)
    return canonical


def dump(host: Host) -> Any:
    return xml.parse(host.sh(f"virsh dumpxml --inactive {NAME}"))


def remove(host: Host) -> None:
    host.sh(f"virsh -q undefine --nvram {NAME}")


def assert_equal(found: Any, canonical: Any, document: Any, actor: str) -> None:
    """Fail unless two definitions are the same but for what chance decides."""
    one, other = (flattened(chosen(xml.clone(each), document)) for each in (found, canonical))
    assert one == other, f"{actor} misses {sorted(set(other) - set(one))} and has {sorted(set(one) - set(other))}"


def chosen(definition: Any, document: Any) -> Any:
    """Take out of a definition what libvirt makes up where a document does not state it, and secrets."""
    if document.find("uuid") is None:
        xml.drop(definition, "uuid")
    if document.find("genid") is not None and not document.findtext("genid"):
        xml.drop(definition, "genid")
    for controller in sorted(definition.iter("controller"), key=lambda entry: (entry.get("type"), entry.get("index"))):
        controller.getparent().append(controller)  # they are known by these; in which order they stand means nothing
    for display in definition.iter("graphics"):
        for name in ("passwd", "passwdValidTo", "connected"):  # a secret is not gathered, and they are nothing without
            display.attrib.pop(name, None)
    stated = {mac.get("address").lower() for mac in document.iter("mac")}
    for interface in definition.iter("interface"):
        if xml.get(interface, "mac/@address") not in stated:
            xml.drop(interface, "mac")
    return definition


def flattened(element: Any, where: str = "") -> list[str]:
    """Return all that a document states, a line each."""
    here = f"{where}/{element.tag}"
    lines = [here, *(f"{here}/@{name}={value}" for name, value in sorted(element.attrib.items()))]
    if (element.text or "").strip():
        lines.append(f"{here}={element.text.strip()}")
    count: dict[str, int] = {}
    for child in element:
        place = count[child.tag] = count.get(child.tag, -1) + 1
        lines += [line.replace(f"/{child.tag}", f"/{child.tag}[{place}]", 1) for line in flattened(child)]
    return [f"{here}{line}" if line.startswith("/") and not line.startswith(here) else line for line in lines]
