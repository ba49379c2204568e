# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: found by UUID or by what they are for, with a value that never leaves this file.

libvirt gives the value of a private secret to nobody. So a secret that is to be private is so only when it has its
value: what a killed run left behind is not private yet, and the next run sees what is missing.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import typing as t
from dataclasses import replace

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, NotFound, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.guests import guests
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.listed import described
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.stored import Seen, StoredResource, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import HIDDEN, read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.secret import SECRET, USAGES

#: The bytes that libvirt's protocol carries.
LARGEST = 65536

CHANGED = "(changed)"


class Secret(StoredResource):
    """U(https://libvirt.org/formatsecret.html)."""

    noun = "secret"
    table = SECRET
    list_method = "listAllSecrets"
    define_method = "secretDefineXML"
    schema = "secret"
    takes_xml = True
    own_options: t.ClassVar[dict[str, t.Any]] = {
        "value": {"type": "str", "no_log": True},
        "value_base64": {"type": "str", "no_log": True},
        "update_value": {
            "type": "str",
            "choices": ["if_different", "on_create", "always"],
            "default": "if_different",
        },
    }

    # -- from options to a wish ------------------------------------------------------------------------------------

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish, with the value as bytes.

        :raises InvalidSpec: also where nothing says which secret it is.
        """
        wish = super().parse(params)
        value, problems = _value(params)
        if not wish.name:
            problems.append(("uuid", "state it, or usage: a secret is found by one of them"))
        if problems:
            raise InvalidSpec(problems)
        options = {"value": value, "update_value": params.get("update_value") or "if_different"}
        return replace(wish, options=options)

    def name_of(self, spec: Spec) -> str:
        """Return what the secret is for, else its UUID: secrets have no names."""
        usage = usage_of(spec)
        return f"{usage[0]} {usage[1]}" if usage else str(spec.get("uuid") or "")

    # -- looking ---------------------------------------------------------------------------------------------------

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Add the value, and who needs the secret that is to go."""
        handle = self._look_up(connection, wish.spec)
        if handle is None:
            seen = Seen(wish.name)
            seen.facts["rival"] = self._rival(connection, wish.spec)
            return seen
        seen = self.look(handle, secrets=True)
        if wish.state == "absent":
            seen.facts["users"] = users(connection, handle)
        elif wish.options["value"] is not None:
            seen.facts["value"] = value_of(handle, seen)
        return seen

    def _look_up(self, connection: Connection, spec: Spec) -> Handle | None:
        try:
            if "uuid" in spec:
                return connection.host.read.secretLookupByUUIDString(spec["uuid"])
            kind, what = usage_of(spec) or ("none", "")
            return connection.host.read.secretLookupByUsage(constant(f"SECRET_USAGE_TYPE_{kind.upper()}"), what)
        except NotFound:
            return None

    def _rival(self, connection: Connection, spec: Spec) -> str:
        """Return the UUID of another secret for the same, C('') where there is none."""
        if "uuid" not in spec or not usage_of(spec):
            return ""
        other = self._look_up(connection, {name: spec[name] for name in spec if name != "uuid"})
        return "" if other is None else str(other.read.UUIDString())

    def look(self, handle: Handle, secrets: bool) -> Seen:
        document = xml.parse(handle.read.XMLDesc(0))
        return Seen(self.name_of(read(self.table.fields, document)), document)

    # -- deciding --------------------------------------------------------------------------------------------------

    def plan_definition(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        if seen.facts.get("rival"):
            raise Refused(
                f"uuid: there is a secret for {wish.name} already, of UUID {seen.facts['rival']}.",
                "Leave the option uuid out, or remove that one first.",
                option="uuid",
            )
        super().plan_definition(plan, wish, seen)
        if wish.options["value"] is not None:
            self._plan_value(plan, wish, seen)

    def check(self, wish: Wish, seen: Seen, document: xml.Element) -> None:
        """Refuse what libvirt would: to make a private secret one that tells its value."""
        if is_private(seen.stored) and not is_private(document):
            raise Refused(
                f"private: the {self.noun} {wish.name} is private; libvirt does not take that back.",
                "Leave the option out, or remove the secret first.",
                option="private",
            )

    def _plan_value(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        value, update = wish.options["value"], wish.options["update_value"]
        now = seen.facts.get("value")
        known = not is_private(seen.stored)
        if now == value and update != "always":
            return
        if known and now is not None and update == "on_create":
            return
        if not known and update != "always":
            if update == "if_different":
                plan.warnings.append(
                    f"{plan.label} is private, so its value was not compared. 'update_value: always' sets it in each "
                    "run, 'update_value: on_create' is content with it."
                )
            return
        plan.change("value", HIDDEN if seen.exists and (now is not None or not known) else None, CHANGED)
        self._plan_order(plan, wish, seen)

    def _plan_order(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Set the value before the definition makes the secret private, and after it in all other cases."""
        defining = [step for step in plan.steps if step.name == "define"]
        document = plan.documents[-1][1] if defining else seen.stored
        closing = is_private(document) and not is_private(seen.stored)
        if closing:
            plan.steps = [step for step in plan.steps if step not in defining]
        if closing and not seen.exists:
            plan.step("define, not private yet", lambda connection: self.define(connection, _opened(document)))
        plan.step("set value", lambda connection: self._set(connection, wish))
        if closing:
            plan.step(
                "define", lambda connection: self.define(connection, self._identified(connection, wish, document))
            )

    def _set(self, connection: Connection, wish: Wish) -> None:
        self._found(connection, wish).change.setValue(wish.options["value"], 0)

    def _found(self, connection: Connection, wish: Wish) -> Handle:
        handle = self._look_up(connection, wish.spec)
        if handle is None:
            raise NotFound(f"{self.noun} {wish.name}: it is gone.", object=f"{self.noun} {wish.name}")
        return handle

    def _identified(self, connection: Connection, wish: Wish, document: xml.Element) -> xml.Element:
        """Return a document with the UUID that libvirt has given the secret."""
        identified = xml.clone(document)
        xml.put(identified, "uuid", self._found(connection, wish).read.UUIDString())
        return identified

    def plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        """Refuse to take the secret from what cannot be opened without it."""
        if seen.facts["users"]:
            raise Refused(
                f"{plan.label} is in use by {', '.join(seen.facts['users'])}; it is not removed.",
                "Remove them first, or take it out of them.",
                users=seen.facts["users"],
            )
        plan.step("undefine", lambda connection: self._found(connection, wish).change.undefine())

    # -- gathering -------------------------------------------------------------------------------------------------

    def gather(self, connection: Connection, patterns: t.Sequence[str]) -> list[dict[str, t.Any]]:
        """Return all secrets whose UUID matches one of the glob I(patterns), all where none is given."""
        handles = {handle.read.UUIDString(): handle for handle in getattr(connection.host.read, self.list_method)(0)}
        return [
            self.describe(handles[uuid], self.look(handles[uuid], secrets=False))
            for uuid in sorted(handles)
            if not patterns or any(fnmatch.fnmatchcase(uuid, pattern) for pattern in patterns)
        ]

    def describe(self, handle: Handle, seen: Seen) -> dict[str, t.Any]:
        """Add whether there is a value, which of a private secret nobody knows."""
        known = not is_private(seen.stored)
        return {**super().describe(handle, seen), "has_value": value_of(handle, seen) is not None if known else None}


def usage_of(spec: Spec) -> tuple[str, str] | None:
    """Return the kind and the name of what a secret is for."""
    usage = spec.get("usage") or {}
    what = usage.get(USAGES.get(usage.get("type", ""), ""))
    return (usage["type"], what) if what else None


def is_private(document: xml.Element) -> bool:
    """Tell whether a definition, if there is any, has libvirt keep the value to itself."""
    return document is not None and xml.get(document, "@private") == "yes"


def value_of(handle: Handle, seen: Seen) -> bytes | None:
    """Return the value, C(None) where there is none or where libvirt does not tell."""
    if is_private(seen.stored):
        return None
    try:
        return bytes(handle.read.value(0))
    except NotFound:  # which is what libvirt calls a secret without a value
        return None


def users(connection: Connection, handle: Handle) -> list[str]:
    """Return what would not start, or could not be read, without a secret."""
    uuid, what = handle.read.UUIDString(), handle.read.usageID()
    owners = [(guest.label, guest.documents) for guest in guests(connection)] + list(_pools(connection))
    found = {label for label, documents in owners if any(_names(document, uuid, what) for document in documents)}
    if handle.read.usageType() == constant("SECRET_USAGE_TYPE_VOLUME"):
        found |= {f"volume {what}"} if _is_volume(connection, what) else set()
    return sorted(found)


def _pools(connection: Connection) -> t.Iterator[tuple[str, list[xml.Element]]]:
    for flags in (0, constant("STORAGE_XML_INACTIVE")):
        for pool, document in described(connection.host.read.listAllStoragePools(0), flags):
            if not connection.coming.gone("storage_pool", pool.read.name()):
                yield pool.label, [document]


def _names(document: xml.Element, uuid: str, what: str) -> bool:
    """Tell whether a document has a secret, by its UUID or by what it is for."""
    return any(
        element.get("uuid") == uuid or element.get("secret") == uuid or (what and element.get("usage") == what)
        for element in document.iter()
        if element.tag in ("secret", "encryption")
    )


def _is_volume(connection: Connection, path: str) -> bool:
    """Tell whether there is an encrypted volume at a path."""
    volume = connection.lookup("storageVolLookupByPath", path)
    return volume is not None and xml.find(xml.parse(volume.read.XMLDesc(0)), "target/encryption") is not None


def _opened(document: xml.Element) -> xml.Element:
    opened = xml.clone(document)
    xml.drop(opened, "@private")
    return opened


def _value(params: t.Mapping[str, t.Any]) -> tuple[bytes | None, list[tuple[str, str]]]:
    """Return the stated value, and what is wrong with it."""
    text, encoded = params.get("value"), params.get("value_base64")
    if text is not None and encoded is not None:
        return None, [("value_base64", "state it or value, not both")]
    if text is not None:
        option, value = "value", text.encode()
    elif encoded is not None:
        option = "value_base64"
        try:
            value = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            return None, [(option, "it is not Base64")]
    else:
        return None, []
    if not 0 < len(value) <= LARGEST:
        return None, [(option, f"it has {len(value)} bytes; 1 to {LARGEST}")]
    return value, []
