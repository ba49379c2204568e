# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making volumes: empty ones, and such with a content."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import marks, pools
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import CONTROLLER, VOLUME, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.decision import (
    refuse_to_overwrite,
    sum_shown,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.filling import Filling, permissions_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.looking import look
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import (
    Seen,
    Wish,
    capacity_of,
    differences,
    spec_of,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema import volume as schema
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import reconcile, show, show_all
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import MAKES_VOLUMES


def plan_creation(plan: Plan, wish: Wish, seen: Seen) -> None:
    """Plan a new volume.

    :raises KvmError: where it could not be made.
    """
    spec = spec_of(wish, seen)
    _refuse(wish, spec, seen)
    document = _document(wish, spec)
    plan.change("state", "absent", "present")
    stated = spec if wish.allocation is None else {**spec, "allocation": wish.allocation}
    for name, value in show_all((*schema.VOLUME.fields, schema.ALLOCATION), stated).items():
        plan.change(name, None, value)
    plan.becomes = xml.clone(document)
    if "path" in plan.facts:
        xml.put(plan.becomes, "target/path", plan.facts["path"])
    if seen.gone:
        plan.step("refresh the pool", lambda connection: pools.refresh(connection, wish.pool))
    if wish.content:
        _plan_filling(plan, wish, wish.content, seen, document)
        return
    plan.documents.append(("storagevol", document))
    flags = constant("STORAGE_VOL_CREATE_PREALLOC_METADATA") if wish.prealloc_metadata else 0

    def run(connection: Connection) -> None:
        pools.make(connection, wish.pool, document, flags)

    plan.step("create", run)


def plan_filling_again(plan: Plan, wish: Wish, seen: Seen) -> None:
    """Plan to put another content into a volume.

    :raises Refused: where it is needed as it is.
    """
    content = t.cast(Content, wish.content)
    refuse_to_overwrite(wish, content, seen)
    _refuse_needed(wish, seen)
    spec = spec_of(wish, seen)
    if seen.same_files:
        for difference in differences(wish, seen):  # it is made anew, so all can be another
            plan.change(difference.path, *(show(difference.node, x) for x in (difference.before, difference.after)))
        now = xml.get(seen.document, "target/format/@type")
        spec = {**({"format": now} if now in schema.FORMATS else {}), **spec}
    _plan_filling(plan, wish, content, seen, _document(wish, spec), spec)


def _plan_filling(
    plan: Plan, wish: Wish, content: Content, seen: Seen, document: xml.Element, spec: Spec | None = None
) -> None:
    spec = spec_of(wish, seen) if spec is None else spec
    _refuse_source(content, spec, seen)
    before = marks.shown(seen.mark.origin, seen.mark.checksums) if seen.mark else "not known" if seen.exists else None
    plan.change("content", before, sum_shown(content, seen.checksum))
    plan.facts["content_due"] = True
    filling = Filling(
        pool=wish.pool,
        name=wish.name,
        content=content,
        checksum=seen.checksum,
        document=document,
        spec=spec,
        path=seen.place(wish.name) if seen.same_files else "",
        replaces=seen.exists,
    )

    def run(connection: Connection) -> None:
        if content.kind == CONTROLLER and not content.staged:
            raise Refused(
                f"content.src: {content.place} is on the controller, and nobody brought it to the host.",
                "The action plugin of the module does that; state remote_src=true for a file of the host.",
                option="content.src",
            )
        old = permissions_of(filling.path) if seen.exists and filling.path else {}
        filling.run(
            connection,
            {**old, **wish.spec.get("permissions", {})},
            lambda: _look_again(connection, wish),
        )

    plan.step(f"fill from {content.shown}", run)


def _document(wish: Wish, spec: Spec) -> xml.Element:
    document = xml.build(schema.VOLUME.tag)
    xml.find(document, "target", create=True)  # required, also where it states nothing
    reconcile(schema.VOLUME.fields, document, spec)
    if wish.allocation is not None:
        schema.ALLOCATION.codec.write(document, schema.ALLOCATION.path, wish.allocation)
    if spec.get("format") == "qcow2" and "compat" not in spec:
        # libvirt's own default is still 0.10, which can hold no bitmap and so no incremental backup
        xml.put(document, "target/compat", "1.1")
    return document


def _refuse(wish: Wish, spec: Spec, seen: Seen) -> None:
    """Refuse a new volume that cannot be made as it is wished."""
    backing, kind = spec.get("backing_store"), spec.get("format", "raw")
    problems = []
    if "capacity" not in spec and not backing and not wish.content and kind != schema.DIRECTORY_FORMAT:
        problems.append(("capacity", "a new volume needs it, unless it has a content or a backing store"))
    if backing and "format" not in backing:
        problems.append(("backing_store.format", "a new volume needs it; guessing it from the content is not safe"))
    if backing and kind == "raw":
        problems.append(("format", "a volume of format raw cannot have a backing store; use qcow2"))
    if backing and wish.content:
        problems.append(("backing_store", "a volume has either a content or a backing store to begin with"))
    formats = schema.FORMATS if wish.content else (*schema.FORMATS, schema.DIRECTORY_FORMAT)
    if seen.in_files and kind not in formats:
        problems.append(("format", f"a volume cannot be created as {kind!r}; one of {', '.join(formats)}"))
    if wish.content and wish.content.kind != VOLUME and "encryption" in spec:
        problems.append(
            ("encryption", "only the content of another volume can be encrypted: fill one, and make this one from that")
        )
    if "encryption" in spec and not spec["encryption"].get("secrets"):
        problems.append(("encryption.secrets", "a new volume needs a secret of libvirt that holds the passphrase"))
    if "encryption" in spec and not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", wish.name):
        problems.append(
            ("name", "that of an encrypted volume begins with a letter and has letters, digits, '-', '.' and '_' alone")
        )
    if problems:
        raise InvalidSpec(problems)
    if seen.kind not in MAKES_VOLUMES:
        raise Refused(
            f"name: there is no volume {wish.name}, and libvirt makes none in a storage pool of type {seen.kind}.",
            "It has those that its storage has; make one there.",
            option="name",
        )
    if seen.backing_is_missing:
        raise Refused(
            f"backing_store.path: there is no {spec['backing_store']['path']} on the host.",
            "Make it first, or check the path.",
            option="backing_store.path",
        )
    if not seen.coming:
        refuse_overcommit(wish, seen)
        _refuse_without_room(wish, spec, kind, seen)


def _refuse_without_room(wish: Wish, spec: Spec, kind: str, seen: Seen) -> None:
    at_once = 0 if wish.content or kind != "raw" else spec.get("capacity", 0)
    if wish.allocation is not None:
        at_once = wish.allocation
    if seen.in_files and at_once > seen.available:
        raise Refused(
            f"allocation: {units.format_size(at_once)} are to be allocated at once, and the storage pool "
            f"{wish.pool} has {units.about(seen.available)} left.",
            "Make room, or state a smaller allocation (0 allocates nothing until the guest writes).",
            option="allocation",
        )


def refuse_overcommit(wish: Wish, seen: Seen) -> None:
    """Refuse a volume that its whole pool could not hold."""
    capacity = wish.spec.get("capacity", 0)
    if capacity > seen.total and not wish.allow_overcommit:
        raise Refused(
            f"capacity: {units.format_size(capacity)} is more than the whole storage pool {wish.pool} has "
            f"({units.about(seen.total)}).",
            "Choose a smaller capacity, or set allow_overcommit=true: the guest gets write errors once it is full.",
            option="capacity",
        )


def _refuse_needed(wish: Wish, seen: Seen) -> None:
    needing = [use for use in seen.uses if use.needs_content]
    if needing:
        raise Refused(
            f"content: {wish.label} cannot be filled again while {usage.tell(needing)} needs what is in it.",
            "Stop these guests, or remove what is layered on it.",
            option="content",
            users=usage.names(needing),
        )


def _look_again(connection: Connection, wish: Wish) -> None:
    """Refuse where somebody came to need a volume since its filling was planned."""
    connection.forget()
    _refuse_needed(wish, look(connection, wish))


def _refuse_source(content: Content, spec: Spec, seen: Seen) -> None:
    if seen.writers:
        raise Refused(
            f"content.volume: {content.place} cannot be copied while {usage.tell(seen.writers)} writes to it.",
            "Stop these guests first.",
            option="content.volume",
            users=usage.names(seen.writers),
        )
    if seen.source is None:
        return
    found = xml.get(seen.source, "target/format/@type")
    if content.format and found and found != content.format:
        raise Refused(
            f"content.format: {content.place} is {found}, not {content.format}.",
            "Leave the option out; libvirt knows the format of its volumes.",
            option="content.format",
        )
    wished, size = spec.get("capacity", 0), capacity_of(seen.source)
    if wished and wished < size:
        raise Refused(
            f"capacity: {content.place} has {units.format_size(size)}, which is more than {units.format_size(wished)}.",
            "State at least that capacity, or leave it out.",
            option="capacity",
        )
