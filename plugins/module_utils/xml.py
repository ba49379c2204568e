# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The few things done with XML, on lxml: parse, address a value by a short path, read, write and remove it.

A path is a subset of XPath that can also be *written*: child steps, optionally with one predicate, and at the
end an attribute or nothing (the element's text): C(os/type/@arch), C(memory), C(feature[@name='x']/@policy).
"""

from __future__ import annotations

import copy
import functools
import re
import typing as t

try:
    from lxml import etree
except ImportError:
    pass  # module.py says so, after it looked for an interpreter that has it

Element = t.Any  # lxml has no public element type; its private one is not worth naming

#: Prefixes that a path can use, for what libvirt keeps in namespaces of their own.
NAMESPACES = {
    "hv": "urn:hypervise:kvm:domain:1",
    "qemu": "http://libvirt.org/schemas/domain/qemu/1.0",
    "dnsmasq": "http://libvirt.org/schemas/network/dnsmasq/1.0",
    "fs": "http://libvirt.org/schemas/storagepool/fs/1.0",
    "rbd": "http://libvirt.org/schemas/storagepool/rbd/1.0",
}

_TAG = re.compile(r"\w[\w-]*$")
_STEP = re.compile(r"^(?P<tag>[\w:.-]+)(?:\[@(?P<name>[\w-]+)='(?P<value>[^']*)'\])?$")


def parse(text: str) -> Element:
    """Return the root element of a document, without comments, processing instructions and layout."""
    parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, remove_pis=True, resolve_entities=False)
    return etree.fromstring(text.encode("utf-8"), parser)


class SyntaxProblem(Exception):
    """A text is not XML; the message tells where and why."""


def parse_content(tag: str, text: str) -> Element:
    """Return an element named I(tag) with what I(text) holds, one element or several.

    Elements may use the prefixes of M(NAMESPACES) without declaring them.

    :raises SyntaxProblem: where it is not well formed.
    """
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    text = re.sub(r"^\s*<\?xml.*?\?>", "", text)
    try:
        root = parse(f"<{tag} {declared}>{text}</{tag}>")
    except etree.XMLSyntaxError as error:
        raise SyntaxProblem(error.msg) from error
    etree.cleanup_namespaces(root)
    return root


def build(tag: str) -> Element:
    """Return a new, empty element. Its name may have one of the prefixes of M(NAMESPACES)."""
    prefix, separator, name = tag.rpartition(":")
    if not separator:
        return etree.Element(tag)
    return etree.Element(f"{{{NAMESPACES[prefix]}}}{name}", nsmap={prefix: NAMESPACES[prefix]})


def text_of(element: Element) -> str:
    """Return an element as a document, indented as libvirt does."""
    return etree.tostring(element, encoding="unicode", pretty_print=True)


def bytes_of(element: Element) -> bytes:
    """Return what tells an element from others."""
    return etree.tostring(element, with_tail=False)


def compact(element: Element) -> str:
    """Return an element on one line, for people."""
    return etree.tostring(element, encoding="unicode")


def local_name(name: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


@functools.cache
def split(path: str) -> tuple[str, str]:
    """Split a path into the steps to an element and the attribute at its end (C('') for its text)."""
    head, separator, attribute = path.rpartition("@")
    return (head.rstrip("/"), attribute) if separator and not path.endswith("]") else (path, "")


def entrance(path: str) -> str:
    """Return what a path enters an element by, C(tag) or C(@attribute), C('') where it does not say."""
    first = path.partition("/")[0].partition("[")[0]
    return first if _TAG.match(first.lstrip("@")) else ""


def entrances(element: Element) -> set[str]:
    """Return what the paths that find something in an element enter it by."""
    return {"", *(child.tag for child in element), *("@" + name for name in element.attrib)}


@functools.cache
def _steps(path: str) -> tuple[tuple[str, bool], ...]:
    """Return the steps of a path, each with whether it is but a name, which lxml finds much faster."""
    return tuple((step, bool(_TAG.match(step))) for step in path.split("/") if step)


def find(element: Element, steps: str, create: bool = False) -> Element:
    """Return the first element below I(element) at I(steps), C(None) where there is none.

    :arg create: make what is missing on the way.
    """
    for step, is_name in _steps(steps):
        child = next(element.iterchildren(step), None) if is_name else element.find(step, NAMESPACES)
        if child is None:
            if not create:
                return None
            child = _append(element, step)
        element = child
    return element


def _append(parent: Element, step: str) -> Element:
    match = _STEP.match(step)
    if not match:
        raise ValueError(f"not a path step: {step}")
    child = build(match["tag"])
    if match["name"]:
        child.set(match["name"], match["value"])
    append_after_siblings(parent, child)
    return child


def append_after_siblings(parent: Element, child: Element) -> None:
    """Add I(child) behind the last element of its name, so that lists stay together and in order."""
    siblings = parent.findall(child.tag)
    if siblings:
        siblings[-1].addnext(child)
    else:
        parent.append(child)


def find_all(element: Element, steps: str) -> list[Element]:
    """Return all elements at I(steps), in document order."""
    return list(element.findall(steps, NAMESPACES))


def get(element: Element, path: str) -> str | None:
    """Return the text or attribute at I(path), C(None) where there is none."""
    steps, attribute = split(path)
    found = find(element, steps) if steps else element
    if found is None:
        return None
    return found.get(attribute) if attribute else (found.text or "").strip()


def put(element: Element, path: str, value: str) -> None:
    """Write a text or attribute, making the elements on the way."""
    steps, attribute = split(path)
    found = find(element, steps, create=True)
    if attribute:
        found.set(attribute, value)
    else:
        found.text = value


def drop(element: Element, path: str) -> None:
    """Remove an attribute or element, and the elements on the way that are then empty."""
    steps, attribute = split(path)
    found = find(element, steps)
    if found is None:
        return
    if attribute:
        found.attrib.pop(attribute, None)
    else:
        found = _detach(found, element)
    prune(found, element)


def clear(element: Element, path: str) -> None:
    """Remove an attribute or text alone, and the elements on the way that are then empty."""
    steps, attribute = split(path)
    found = find(element, steps) if steps else element
    if found is None or not (attribute in found.attrib if attribute else found.text):
        return  # an element that is empty may be there for its own sake
    if attribute:
        del found.attrib[attribute]
    else:
        found.text = None
    release(found, steps)
    prune(found, element)


def release(found: Element, steps: str) -> None:
    """Take from an element the attribute by which I(steps) found it, where it says nothing else."""
    if not steps.endswith("]") or len(found) or (found.text or "").strip():
        return
    step = _STEP.match(steps.rpartition("/")[2])
    if step and dict(found.attrib) == {step["name"]: step["value"]}:
        found.attrib.clear()


def prune(found: Element, top: Element) -> None:
    """Remove an empty element below I(top), and those around it that are then empty."""
    while found is not None and found is not top and is_empty(found):
        found = _detach(found, top)


def empty(element: Element) -> None:
    """Take everything out of an element."""
    element.clear(keep_tail=True)


def is_empty(element: Element) -> bool:
    """Tell whether an element says nothing but that it is there."""
    return not element.attrib and not len(element) and not (element.text or "").strip()


def _detach(child: Element, top: Element) -> Element:
    parent = child.getparent()
    if parent is None:
        return None
    parent.remove(child)
    return None if parent is top.getparent() else parent


def clone(element: Element) -> Element:
    """Return a copy of a whole document."""
    return copy.deepcopy(element)


def bare(element: Element) -> Element:
    """Return a copy of an element in which no name has a namespace."""
    copied = clone(element)
    for entry in copied.iter():
        entry.tag = local_name(entry.tag)
    etree.cleanup_namespaces(copied)
    return copied


def schema_problem(path: str, document: Element) -> str:
    """Return the first thing that a RELAX NG schema does not accept, C('') where it accepts the document."""
    schema = _schema(path)
    if schema.validate(parse(text_of(document))):
        return ""
    return "; ".join(dict.fromkeys(entry.message for entry in schema.error_log))


@functools.cache
def _schema(path: str) -> t.Any:
    """Return a schema; that of domains takes longer to load than to check a document by it."""
    return etree.RelaxNG(etree.parse(path))
