# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's own documents of domains, each through the option C(xml): the laws hold for what nobody chose for us."""

from __future__ import annotations

import functools
import itertools
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host, Result
from harness.laws import NAME
from lxml import etree

from ansible_collections.hypervise.kvm.plugins.module_utils import xml

CORPUS = os.environ.get("HYPERVISE_XML_CORPUS")
DOCUMENTS = sorted(Path(CORPUS, "domain").glob("*.xml")) if CORPUS else []
pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="HYPERVISE_XML_CORPUS names no folder with libvirt's documents")


#: Where a document and libvirt part, or libvirt and our options do: releases, how a failure shows it, and why.
LIMITS = (
    (("bookworm", "trixie"), r"the QEMU of this host has no 'sd'", "libvirt stores a bus that, it says, is not there"),
    (
        ("bookworm", "trixie"),
        r"is already used by interfaces\[\d+\], with which it is no team",
        "libvirt stores cards that share an address",
    ),
    (
        ("bookworm",),
        r"no loader path specified and firmware auto selection disabled",
        "libvirt 9.0 stores firmware it does not have",
    ),
    (
        ("bookworm",),
        r"again changes \[{'path': 'channels\[fdsa\]\.source', [^}]*{'path': '/tmp/channel/domain-oldname/fdsa'}",
        "libvirt 9.0 takes any socket in a folder domain-* for one of its own",
    ),
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_document(host: Host, path: Path) -> None:
    """Defined as libvirt would; no change after that; one field changed; gathered and applied to an empty host."""
    try:
        obeys(host, renamed(path.read_text()), random.Random(path.stem))
    except AssertionError as failure:
        for releases, shown, reason in LIMITS:
            if host.release in releases and re.search(shown, str(failure)):
                pytest.xfail(reason)
        raise


def obeys(host: Host, document: Any, chance: random.Random) -> None:
    canonical = defined_by_libvirt(host, document)
    if canonical is None:
        pytest.skip(f"libvirt on {host.name} does not take it: {said(host)}")
    mutation = mutated(host, document, canonical, chance)
    assert apply(host, document).changed
    assert_equal(dump(host), canonical, document, "the document, applied,")
    for check in (False, True):
        laws.assert_unchanged(apply(host, document, check=check), "applied")
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    laws.assert_unchanged(host.run("domain", **found["spec"]), "gathered")
    if mutation:
        print("changed:", mutation[0])
        becomes(host, *mutation)
    remove(host)
    assert host.run("domain", **found["spec"]).changed
    assert_equal(dump(host), canonical, document, "what was gathered, applied to an empty host,")


def becomes(host: Host, leaf: str, document: Any, canonical: Any) -> None:
    """Change one stated field: foretold, seen, and nothing else is."""
    changed = laws.twin(host, "domain", name=NAME, xml=etree.tostring(document, encoding="unicode"))
    assert changed.changed, f"{leaf} was changed, and nobody saw it"
    items = [item.endswith("]") for item in changed.paths]
    assert len(items) == 1 or (len(items) == 2 and all(items)), f"{leaf} was changed, and shown were {changed.paths}"
    assert_equal(dump(host), canonical, document, f"after {leaf} was changed, the definition")
    laws.assert_unchanged(apply(host, document), f"changed in {leaf}")


def apply(host: Host, document: Any, check: bool = False) -> Result:
    return host.run("domain", check=check, name=NAME, xml=etree.tostring(document, encoding="unicode"))


#: How many changes of a document are tried before it is left at that.
TRIES = 5


def mutated(host: Host, document: Any, canonical: Any, chance: random.Random) -> tuple[str, Any, Any] | None:
    """Return a place in a document, the document changed there, and what libvirt makes of that.

    The change is one that libvirt takes and that makes one difference. It is a value that another document has at this
    place, or the next number, or the opposite.
    """
    leaves = list(leaves_of(document))
    chance.shuffle(leaves)
    was = flattened(chosen(xml.clone(canonical), document))
    for leaf in leaves[:TRIES]:
        for value in alternatives(leaf, chance)[:1]:
            other = xml.clone(document)
            put(other, leaf, value)
            made = defined_by_libvirt(host, other, "--validate")
            if made is None:
                continue
            now = flattened(chosen(xml.clone(made), other))
            if len(set(was) ^ set(now)) == 2:
                return f"{leaf.path} = {value}", other, made
    return None


@dataclass(frozen=True)
class Leaf:
    """A value in a document: of the attribute, or the text, of its element of that number in document order."""

    path: str
    number: int
    attribute: str
    value: str


def leaves_of(document: Any) -> Iterator[Leaf]:
    """Return all values of a document but those that say which guest it is.

    Places of devices are left out, too, and the buses: another may be taken by what libvirt added by itself. So is the
    number of a sound backend: one that plays nothing may be libvirt's, and stays.
    """
    settled = ("domain/name", "domain/uuid", "/address", "controller", "audio/@id")
    for number, element in enumerate(document.iter()):
        path = "/".join(entry.tag for entry in reversed([element, *element.iterancestors()]))
        if path.endswith(settled) or "{" in path:
            continue
        for name, value in element.attrib.items():
            if not f"{path}/@{name}".endswith(settled):
                yield Leaf(f"{path}/@{name}", number, name, value)
        if (element.text or "").strip():
            yield Leaf(path, number, "", element.text.strip())


def put(document: Any, leaf: Leaf, value: str) -> None:
    element = next(itertools.islice(document.iter(), leaf.number, None))
    if leaf.attribute:
        element.set(leaf.attribute, value)
    else:
        element.text = value


def alternatives(leaf: Leaf, chance: random.Random) -> list[str]:
    opposites = {"yes": "no", "no": "yes", "on": "off", "off": "on"}
    if leaf.value in opposites:
        return [opposites[leaf.value]]
    seen = sorted(values_in_corpus().get(leaf.path, set()) - {leaf.value})
    chance.shuffle(seen)
    if leaf.value.isdigit():
        seen.insert(0, str(int(leaf.value) + 1))
    return seen


@functools.cache
def values_in_corpus() -> dict[str, set[str]]:
    """Return all values at each place of all documents."""
    found: dict[str, set[str]] = {}
    for path in DOCUMENTS:
        for leaf in leaves_of(xml.parse(path.read_text())):
            found.setdefault(leaf.path, set()).add(leaf.value)
    return found


def renamed(text: str) -> Any:
    """Return a document, made that of the guest which tests may make."""
    document = xml.parse(text)
    xml.put(document, "name", NAME)
    return document


def defined_by_libvirt(host: Host, document: Any, schema: str = "") -> Any:
    """Return what libvirt itself makes of a document, C(None) where it, or its schema, wants none of it."""
    told = host.sh(
        f"cat >{SCRATCH}/document.xml <<'EOF'\n{etree.tostring(document, encoding='unicode')}\nEOF\n"
        f"virsh -q define {schema} {SCRATCH}/document.xml >{SCRATCH}/said 2>&1 || exit 0;"
        f" virsh dumpxml --inactive {NAME}; virsh -q undefine --nvram {NAME}"
    )
    return xml.parse(told) if told.strip() else None


def said(host: Host) -> str:
    return " ".join(host.sh(f"grep -v ^$ {SCRATCH}/said | tail -n 1").split())


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
    for parent in (element for tag in ("devices", "cpu", "hugepages") for element in definition.iter(tag)):
        for entry in sorted(parent, key=xml.compact):
            parent.append(entry)  # in which order a new one comes to stand means nothing
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
