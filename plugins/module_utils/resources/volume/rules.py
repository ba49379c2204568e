# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be: of a new volume, of one that is filled again, of one that is to be larger."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import VOLUME
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import Seen, Wish, capacity_of
from ansible_collections.hypervise.kvm.plugins.module_utils.schema import volume as schema
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import MAKES_VOLUMES

#: Types of pools that give a volume all of its space when it is made.
AT_ONCE = ("logical", "disk")
#: The type of pools where the format of a volume is what its partition is said to be for.
PARTITIONS = "disk"

Problems = t.Iterator["tuple[str, str]"]


def refuse(wish: Wish, spec: Spec, seen: Seen) -> None:
    """Refuse a volume, new or filled again, that cannot be made as it is wished.

    :raises KvmError: with what to do instead.
    """
    problems = [
        *_in_sizes(wish, spec),
        *_in_layers(wish, spec),
        *_in_format(wish, spec, seen),
        *_in_secrecy(wish, spec),
    ]
    if problems:
        raise InvalidSpec(problems)
    if seen.exists:
        _refuse_to_decrypt(spec, seen)
    elif seen.kind not in MAKES_VOLUMES:
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
        refuse_without_room(wish, seen, _taken_at_once(wish, spec, seen))


def _in_sizes(wish: Wish, spec: Spec) -> Problems:
    has_one = spec.get("backing_store") or wish.content or spec.get("format") == schema.DIRECTORY_FORMAT
    if "capacity" not in spec and not has_one:
        yield "capacity", "a new volume needs it, unless it has a content or a backing store"


def _in_layers(wish: Wish, spec: Spec) -> Problems:
    backing = spec.get("backing_store")
    if not backing:
        return
    if "format" not in backing:
        yield "backing_store.format", "a new volume needs it; guessing it from the content is not safe"
    if spec.get("format", "raw") == "raw":
        yield "format", "a volume of format raw cannot have a backing store; use qcow2"
    if wish.content:
        yield "backing_store", "a volume has either a content or a backing store to begin with"


def _in_format(wish: Wish, spec: Spec, seen: Seen) -> Problems:
    kind = spec.get("format", "raw")
    formats = schema.FORMATS if wish.content else (*schema.FORMATS, schema.DIRECTORY_FORMAT)
    if seen.in_files and kind not in formats:
        yield "format", f"a volume cannot be created as {kind!r}; one of {', '.join(formats)}"
    if not seen.in_files and seen.kind != PARTITIONS and kind != "raw":
        yield "format", f"in a storage pool of type {seen.kind} a volume is what its device is; leave it out"
    if kind != "qcow2" and ("format" in spec or not wish.content):
        for option in schema.OF_QCOW2:
            if option in spec:
                yield option, f"a volume of format {kind} has none; state format=qcow2"


def _in_secrecy(wish: Wish, spec: Spec) -> Problems:
    if "encryption" not in spec:
        return
    if wish.content and wish.content.kind != VOLUME:
        yield (
            "encryption",
            "only the content of another volume can be encrypted: fill one, and make this one from that",
        )
    if not spec["encryption"].get("secrets"):
        yield "encryption.secrets", "a new volume needs a secret of libvirt that holds the passphrase"
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]*", wish.name):
        yield "name", "that of an encrypted volume begins with a letter and has letters, digits, '-', '.' and '_' alone"


def _refuse_to_decrypt(spec: Spec, seen: Seen) -> None:
    if "encryption" not in spec and xml.find(seen.document, "target/encryption") is not None:
        raise Refused(
            "encryption: the volume is encrypted, and would not be when it is filled again.",
            "State how it is to be encrypted, which the content of another volume can be; or remove the volume first.",
            option="encryption",
        )


def _taken_at_once(wish: Wish, spec: Spec, seen: Seen) -> int:
    """Return how many bytes of the pool a volume takes when it is made."""
    if wish.allocation is not None:
        return wish.allocation
    if seen.kind in AT_ONCE and not seen.exists:
        source = capacity_of(seen.source) if seen.source is not None else 0
        return max(spec.get("capacity", 0), source)
    sparse = wish.content or spec.get("format", "raw") != "raw"
    return 0 if sparse or not seen.in_files else spec.get("capacity", 0)


def refuse_without_room(wish: Wish, seen: Seen, size: int) -> None:
    """Refuse to take more of a pool at once than it has left."""
    if size > seen.available and (seen.in_files or seen.kind in AT_ONCE):
        raise Refused(
            f"allocation: {units.format_size(size)} are to be allocated at once, and the storage pool "
            f"{wish.pool} has {units.about(seen.available)} left.",
            "Make room, or state a smaller allocation (0 allocates nothing until the guest writes)."
            if seen.in_files
            else "Make room, or state a smaller capacity.",
            option="allocation",
        )


def refuse_overcommit(wish: Wish, seen: Seen) -> None:
    """Refuse a volume that its whole pool could not hold, unless it has that size already."""
    capacity = wish.spec.get("capacity", 0)
    already = seen.document is not None and capacity <= capacity_of(seen.document)
    if capacity > seen.total and not wish.allow_overcommit and not already:
        raise Refused(
            f"capacity: {units.format_size(capacity)} is more than the whole storage pool {wish.pool} has "
            f"({units.about(seen.total)}).",
            "Choose a smaller capacity, or set allow_overcommit=true: the guest gets write errors once it is full.",
            option="capacity",
        )
