# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making volumes: empty ones, and such with a content."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import marks, pools, rules
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import CONTROLLER, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.decision import (
    refuse_to_overwrite,
    refuse_unfillable,
    sum_shown,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.filling import Filling, permissions_of
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.looking import look
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.shaping import Shape
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import (
    Seen,
    Wish,
    capacity_of,
    differences,
    spec_of,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema import volume as schema
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import (
    read,
    reconcile,
    show,
    show_all,
    with_absent,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec


def plan_creation(plan: Plan, wish: Wish, seen: Seen) -> None:
    """Plan a new volume.

    :raises KvmError: where it could not be made.
    """
    spec = spec_of(wish, seen)
    rules.refuse(wish, spec, seen)
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
        _plan_filling(plan, wish, wish.content, seen, spec)
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
    rules.refuse(wish, spec_of(wish, seen), seen)
    if seen.as_file:
        for difference in differences(wish, seen):  # it is made anew, so all can be another
            plan.change(difference.path, *(show(difference.node, x) for x in (difference.before, difference.after)))
    below = xml.get(seen.document, "backingStore/path")
    if below:
        plan.change("backing_store.path", below, None)
    _plan_filling(plan, wish, content, seen, {**_kept(wish, seen), **wish.spec})


def _kept(wish: Wish, seen: Seen) -> Spec:
    """Return what a volume keeps that is filled again, as far as nobody states it."""
    now = with_absent(schema.VOLUME.fields, read(schema.VOLUME.fields, seen.document))
    if now["format"] not in schema.FORMATS:
        return {}
    stays = wish.spec.get("format", now["format"]) == now["format"] == "qcow2"
    return {"format": now["format"], **({name: now[name] for name in schema.OF_QCOW2} if stays else {})}


def _plan_filling(plan: Plan, wish: Wish, content: Content, seen: Seen, spec: Spec) -> None:
    refuse_unfillable(wish, content, seen)
    _refuse_source(content, spec, seen)
    before = marks.shown(seen.mark.origin, seen.mark.checksums) if seen.mark else "not known" if seen.exists else None
    plan.change("content", before, sum_shown(content, seen.checksum))
    plan.facts["content_due"] = True
    filling = Filling(
        pool=wish.pool,
        name=wish.name,
        content=content,
        checksum=seen.checksum,
        document=_document(wish, spec),
        shape=Shape(
            format=spec.get("format", "") if seen.in_files else "",
            capacity=spec.get("capacity", 0),
            at_least=capacity_of(seen.document) if seen.document is not None else 0,
            features={name: spec[name] for name in schema.OF_QCOW2 if name in spec},
            allocation=wish.allocation or 0,
            preallocated=wish.prealloc_metadata,
            nocow=spec.get("nocow", False),
        ),
        path=seen.place(wish.name) if seen.as_file else "",
        replaces=seen.exists,
        warn=plan.warnings.append,
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
    if "format" in spec:  # also where none would mean the same, for whoever asks what it will be
        xml.put(document, "target/format/@type", spec["format"])
    if wish.allocation is not None:
        schema.ALLOCATION.codec.write(document, schema.ALLOCATION.path, wish.allocation)
    if spec.get("format") == "qcow2" and "compat" not in spec:
        # libvirt's own default is still 0.10, which can hold no bitmap and so no incremental backup
        xml.put(document, "target/compat", "1.1")
    return document


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
