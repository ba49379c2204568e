# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people say about a domain, in an element of our own below C(<metadata>). Those of others are left alone."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import Codec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import (
    Field,
    Group,
)

#: The element. libvirt keeps one of a namespace.
ELEMENT = "metadata/hv:domain"

LIVE = "own_metadata"


class Moment(Codec):
    """A point in time, as ISO 8601 writes it, in UTC. A date is its first moment."""

    def parse(self, value: t.Any) -> str:
        text = str(value).strip()
        if not text:
            return ""
        try:
            moment = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text)
        except ValueError as error:
            raise ValueError(f"{value!r} is not a time like '2027-01-31' or '2027-01-31T18:00:00Z'") from error
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Labels(Codec):
    """Words to select domains by, each with its value."""

    option_type = "dict"

    def parse(self, value: t.Any) -> dict[str, str]:
        if any(isinstance(text, (dict, list)) for text in value.values()):
            raise ValueError("a label is a text, not a list or a dictionary")
        return {str(name): "" if text is None else str(text) for name, text in value.items()}

    def read(self, element: xml.Element, path: str) -> dict[str, str] | None:
        return {label.get("name", ""): label.text or "" for label in xml.find_all(element, path)} or None

    def write(self, element: xml.Element, path: str, value: dict[str, str]) -> None:
        self.clear(element, path)
        for name, text in sorted(value.items()):
            label = xml.build(path)
            label.set("name", name)
            label.text = text
            xml.append_after_siblings(element, label)

    def clear(self, element: xml.Element, path: str) -> None:
        for label in xml.find_all(element, path):
            element.remove(label)

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return bool((current or {}) == desired)


METADATA = Group(
    "metadata",
    ELEMENT,
    (
        Field("owner", "hv:owner", live=LIVE, absent=""),
        Field("expires", "hv:expires", Moment(), live=LIVE, absent=""),
        Field("labels", "hv:label", Labels(), live=LIVE, absent={}),
        Field("manifest", "hv:manifest", live=LIVE, absent=""),
    ),
)
