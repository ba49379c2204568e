# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's own documents, each through the option C(xml): the laws hold for what nobody chose for us.

A :class:`Kind` says which documents they are and what libvirt makes up in them; :func:`obeys` takes one through its
life.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from harness import laws
from harness.host import SCRATCH, Host, Result
from harness.laws import NAME

CORPUS = os.environ.get("HYPERVISE_XML_CORPUS")

#: How many changes of a document are tried before it is left at that.
TRIES = 5


@dataclass(frozen=True)
class Limit:
    """Where a document and libvirt part, or libvirt and our options do."""

    releases: tuple[str, ...]
    shown: str  # how a failure shows it, a regular expression
    reason: str


def _nothing(definition: Any, document: Any) -> None:
    pass


@dataclass(frozen=True)
class Kind:
    """The documents of one kind of object."""

    folder: str  # of the corpus
    module: str
    found: str  # the list that its _info module returns
    define: str  # shell: from the file document.xml, C({schema}) where a check against libvirt's schema goes
    dump: str  # shell, C({name})
    undefine: str
    name: str = NAME
    identity: str = "name"  # the option by which it is known
    place: str = "name"  # and where that stands in the document
    others: tuple[tuple[str, str], ...] = ()  # texts of documents that are names of what a host has, and other names
    settled: tuple[str, ...] = ()  # places that no mutation changes, as they end
    chosen: Callable[[Any, Any], None] = _nothing  # takes out of a definition what libvirt makes up, and secrets
    unordered: tuple[str, ...] = ()  # elements whose children come in no order that means something
    schema: str = ""  # of virsh, the option that has a document checked
    limits: tuple[Limit, ...] = ()

    @property
    def documents(self) -> list[Path]:
        """All documents, none where nobody says where they are."""
        return sorted(Path(CORPUS, self.folder).glob("*.xml")) if CORPUS else []

    def sh(self, template: str, **words: str) -> str:
        return template.format(name=self.name, file=f"{SCRATCH}/document.xml", **{"schema": "", **words})


def parameters(*kinds: Kind) -> list[Any]:
    """Return arguments ``kind, path`` for each document, or one that is skipped where there are none."""
    found = [pytest.param(kind, path, id=f"{kind.folder}-{path.stem}") for kind in kinds for path in kind.documents]
    reason = "HYPERVISE_XML_CORPUS names no folder with libvirt's documents"
    return found or [pytest.param(None, None, marks=pytest.mark.skip(reason=reason), id="none")]


def check(host: Host, kind: Kind, path: Path) -> None:
    """Fail unless a document obeys, or has a reason not to."""
    try:
        with host.unmeasured():
            obeys(host, kind, renamed(kind, path.read_text()), random.Random(path.stem))
    except AssertionError as failure:
        for limit in kind.limits:
            if host.release in limit.releases and re.search(limit.shown, str(failure)):
                pytest.xfail(limit.reason)
        raise


def obeys(host: Host, kind: Kind, document: Any, chance: random.Random) -> None:
    """Defined as libvirt would; no change after that; one field changed; gathered and applied to an empty host."""
    canonical = defined_by_libvirt(host, kind, document)
    if canonical is None:
        pytest.skip(f"libvirt on {host.name} does not take it: {said(host)}")
    mutation = mutated(host, kind, document, canonical, chance)
    assert apply(host, kind, document).changed
    assert_equal(kind, dump(host, kind), canonical, document, "the document, applied,")
    for in_check_mode in (False, True):
        laws.assert_unchanged(apply(host, kind, document, check=in_check_mode), "applied")
    wanted: dict[str, Any] = {kind.identity: [kind.name]}
    (found,) = host.run(f"{kind.module}_info", **wanted)[kind.found]
    laws.assert_unchanged(host.run(kind.module, **found["spec"]), "gathered")
    if mutation:
        print("changed:", mutation[0])
        _becomes(host, kind, *mutation)
    host.sh(kind.sh(kind.undefine))
    assert host.run(kind.module, **found["spec"]).changed
    assert_equal(kind, dump(host, kind), canonical, document, "what was gathered, applied to an empty host,")


def _becomes(host: Host, kind: Kind, leaf: str, document: Any, canonical: Any) -> None:
    """Change one stated field: foretold, seen, and nothing else is."""
    changed = laws.twin(host, kind.module, **_stated(kind, document))
    assert changed.changed, f"{leaf} was changed, and nobody saw it"
    items = [item.endswith("]") for item in changed.paths]
    assert len(items) == 1 or (len(items) == 2 and all(items)), f"{leaf} was changed, and shown were {changed.paths}"
    assert_equal(kind, dump(host, kind), canonical, document, f"after {leaf} was changed, the definition")
    laws.assert_unchanged(apply(host, kind, document), f"changed in {leaf}")


def apply(host: Host, kind: Kind, document: Any, check: bool = False) -> Result:
    return host.run(kind.module, check=check, **_stated(kind, document))


def _stated(kind: Kind, document: Any) -> dict[str, Any]:
    return {kind.identity: kind.name, "xml": etree.tostring(document, encoding="unicode")}


# -- changing one thing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Leaf:
    """A value in a document: of the attribute, or the text, of its element of that number in document order."""

    path: str
    number: int
    attribute: str
    value: str


def mutated(
    host: Host, kind: Kind, document: Any, canonical: Any, chance: random.Random
) -> tuple[str, Any, Any] | None:
    """Return a place in a document, the document changed there, and what libvirt makes of that.

    The change is one that libvirt takes and that makes one difference. It is a value that another document has at this
    place, or the next number, or the opposite.
    """
    leaves = list(leaves_of(kind, document))
    chance.shuffle(leaves)
    was = flattened(chosen(kind, canonical, document))
    for leaf in leaves[:TRIES]:
        for value in _alternatives(kind, leaf, chance)[:1]:
            other = xml.clone(document)
            _put(other, leaf, value)
            made = defined_by_libvirt(host, kind, other, kind.schema)
            if made is None:
                continue
            now = flattened(chosen(kind, made, other))
            if len(set(was) ^ set(now)) == 2:
                return f"{leaf.path} = {value}", other, made
    return None


def leaves_of(kind: Kind, document: Any) -> Iterator[Leaf]:
    """Return all values of a document but those that say which object it is, and those that a kind has settled."""
    root = document.tag
    settled = (f"{root}/{kind.place}", f"{root}/uuid", *kind.settled)
    for number, element in enumerate(document.iter()):
        path = "/".join(entry.tag for entry in reversed([element, *element.iterancestors()]))
        if path.endswith(settled) or "{" in path:
            continue
        for name, value in element.attrib.items():
            if not f"{path}/@{name}".endswith(settled):
                yield Leaf(f"{path}/@{name}", number, name, value)
        if (element.text or "").strip():
            yield Leaf(path, number, "", element.text.strip())


def _put(document: Any, leaf: Leaf, value: str) -> None:
    element = next(itertools.islice(document.iter(), leaf.number, None))
    if leaf.attribute:
        element.set(leaf.attribute, value)
    else:
        element.text = value


def _alternatives(kind: Kind, leaf: Leaf, chance: random.Random) -> list[str]:
    opposites = {"yes": "no", "no": "yes", "on": "off", "off": "on"}
    if leaf.value in opposites:
        return [opposites[leaf.value]]
    seen = sorted(_values_in_corpus(kind).get(leaf.path, set()) - {leaf.value})
    chance.shuffle(seen)
    if leaf.value.isdigit():
        seen.insert(0, str(int(leaf.value) + 1))
    return seen


@functools.cache
def _values_in_corpus(kind: Kind) -> dict[str, set[str]]:
    """Return all values at each place of all documents."""
    found: dict[str, set[str]] = {}
    for path in kind.documents:
        for leaf in leaves_of(kind, xml.parse(path.read_text())):
            found.setdefault(leaf.path, set()).add(leaf.value)
    return found


# -- libvirt itself --------------------------------------------------------------------------------------------------


def renamed(kind: Kind, text: str) -> Any:
    """Return a document, made that of an object which tests may make."""
    for name, other in kind.others:
        text = text.replace(name, other)
    document = xml.parse(text)
    xml.put(document, kind.place, kind.name)
    return document


def defined_by_libvirt(host: Host, kind: Kind, document: Any, schema: str = "") -> Any:
    """Return what libvirt itself makes of a document, C(None) where it, or its schema, wants none of it."""
    told = host.sh(
        f"cat >{SCRATCH}/document.xml <<'EOF'\n{etree.tostring(document, encoding='unicode')}\nEOF\n"
        f"{kind.sh(kind.define, schema=schema)} >{SCRATCH}/said 2>&1 || exit 0;"
        f" {kind.sh(kind.dump)}; {kind.sh(kind.undefine)}"
    )
    return xml.parse(told) if told.strip() else None


def said(host: Host) -> str:
    return " ".join(host.sh(f"grep -v ^$ {SCRATCH}/said | tail -n 1").split())


def dump(host: Host, kind: Kind) -> Any:
    return xml.parse(host.sh(kind.sh(kind.dump)))


def assert_equal(kind: Kind, found: Any, canonical: Any, document: Any, actor: str) -> None:
    """Fail unless two definitions are the same but for what chance decides."""
    one, other = (flattened(chosen(kind, each, document)) for each in (found, canonical))
    assert one == other, f"{actor} misses {sorted(set(other) - set(one))} and has {sorted(set(one) - set(other))}"


def chosen(kind: Kind, definition: Any, document: Any) -> Any:
    """Return a definition without what libvirt makes up where a document does not state it."""
    definition = xml.clone(definition)
    if document.find("uuid") is None:
        xml.drop(definition, "uuid")
    kind.chosen(definition, document)
    for parent in [element for tag in kind.unordered for element in definition.iter(tag)]:
        for entry in sorted(parent, key=xml.compact):
            parent.append(entry)
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
