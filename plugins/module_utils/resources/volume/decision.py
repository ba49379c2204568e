# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a volume has to be filled. What is in one is not looked at: guests write to it. What counts is its mark."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import VOLUME, Checksum, Content
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.marks import FILLING, Mark, shown
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import TRANSFERS_VOLUMES

#: What to do instead, by the type of pool.
_OTHER_WAYS = {
    "rbd": "Leave it out and fill the image with 'rbd import' or 'qemu-img convert', or name one of the same pool as "
    "content.volume, which is cloned.",
}


def is_due(wish: Wish, seen: Seen) -> bool:
    """Tell whether a volume has to be filled, given that it may be.

    One that has no mark was filled, if at all, by somebody else: it stays as it is, unless it may be overwritten. One
    that was begun is filled again, as it holds nothing but what we wrote.
    """
    content, mark = wish.content, seen.mark
    if content is None or (seen.unseen and not seen.refreshed):
        return False
    if not seen.exists:
        return True
    if mark is None:
        return content.overwrite
    return not mark.whole or not same(content, seen.checksum, mark)


def same(content: Content, checksum: Checksum | None, mark: Mark) -> bool:
    """Tell whether a mark is of this content: by its checksum if both have one, otherwise by where it is from."""
    if checksum is None or checksum.algorithm not in mark.checksums:
        return mark.identity == content.identity
    return mark.checksums[checksum.algorithm] == checksum.digits


def is_not_known(wish: Wish, seen: Seen) -> bool:
    """Tell whether nobody knows what an existing volume was filled from."""
    return bool(wish.content and not wish.content.overwrite and seen.exists and seen.mark is None and not seen.unseen)


def sum_not_known(seen: Seen) -> str:
    """Return the kind of the content's checksum where none of that kind is known of what a volume was filled from."""
    if seen.mark and seen.checksum and seen.checksum.algorithm not in seen.mark.checksums:
        return seen.checksum.algorithm
    return ""


def refuse_to_overwrite(wish: Wish, content: Content, seen: Seen) -> None:
    """Refuse to fill a volume that holds something else, unless that is what is asked for.

    :raises Refused: with what it holds.
    """
    mark = seen.mark
    if not seen.exists or content.overwrite or (mark and mark.state == FILLING and not seen.uses):
        return
    if mark and not mark.whole:
        why = f"{usage.tell(seen.uses)} has it by now" if seen.uses else "somebody else may have made it since"
        raise Refused(
            f"content: a run that filled {wish.label} did not come to its end, and {why}, so it is left as it is.",
            "Remove the volume, or set content.overwrite=true to fill it again; what is in it is lost then.",
            option="content",
            users=usage.names(seen.uses),
        )
    raise Refused(
        f"content: {wish.label} was filled from {shown(mark.origin, mark.checksums) if mark else 'something else'}, "
        f"and {sum_shown(content, seen.checksum)} is another content.",
        "Set content.overwrite=true to fill it again; what guests have written to it since is lost then.",
        option="content",
    )


def refuse_unfillable(wish: Wish, content: Content, seen: Seen) -> None:
    """Refuse what libvirt has no way for.

    :raises Refused: with another way.
    """
    is_volume = content.kind == VOLUME
    if is_volume and (content.pool, content.volume) == (wish.pool, wish.name):
        raise Refused(f"content.volume: it is {wish.label} itself.", "Name another one.", option="content.volume")
    if is_volume and seen.kind == "rbd" and content.pool == wish.pool:
        return  # Ceph makes a clone of it
    kind = next((kind for kind in (seen.kind, seen.source_kind) if kind and kind not in TRANSFERS_VOLUMES), "")
    if kind:
        raise Refused(
            f"content: libvirt neither reads nor writes what is in the volumes of a storage pool of type {kind}.",
            _OTHER_WAYS.get(kind, "Leave content out, and fill the volume with the tools of its storage."),
            option="content",
        )


def sum_shown(content: Content, checksum: Checksum | None) -> str:
    """Return the content in words, as a diff shows it."""
    return shown(content.shown, {checksum.algorithm: checksum.digits} if checksum else {})
