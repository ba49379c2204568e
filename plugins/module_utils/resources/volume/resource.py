# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes: created, filled, resized also under a running guest, and removed one by one when nobody needs them."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import usage
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import content, marks, pools
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.changes import plan_changes
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.creation import (
    plan_creation,
    plan_filling_again,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.decision import (
    is_due,
    is_not_known,
    sum_not_known,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.looking import look
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.argspec import argument_spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.fragment import overlay, parse_fragment, stated_in
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.parse import parse
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.storage_pool import DELETES_VOLUMES
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.volume import ALLOCATION, VOLUME

#: libvirt's patterns of overwriting; all but zero and trim need the program scrub on the host.
WIPES = (
    "zero",
    "nnsa",
    "dod",
    "bsi",
    "gutmann",
    "schneier",
    "pfitzner7",
    "pfitzner33",
    "random",
    "trim",
)


class Volume:
    """U(https://libvirt.org/formatstorage.html#storage-volume-xml). It has no definition apart from itself."""

    table = VOLUME

    # -- from options to a wish ------------------------------------------------------------------------------------

    def argument_spec(self) -> dict[str, t.Any]:
        """Return the options of the state module, without the connection's."""
        options = argument_spec((*self.table.fields, ALLOCATION))
        options["backing_store"]["options"].update({"volume": {"type": "str"}, "pool": {"type": "str"}})
        return {
            "pool": {"type": "str", "required": True},
            **options,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "xml": {"type": "str"},
            "content": {"type": "dict", "options": content.OPTIONS, **content.RULES},
            "prealloc_metadata": {"type": "bool", "default": False},
            "allow_shrink": {"type": "bool", "default": False},
            "allow_overcommit": {"type": "bool", "default": False},
            "wipe": {"type": "str", "choices": list(WIPES)},
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        """Return the wish that some options state.

        :raises InvalidSpec: with every problem found.
        """
        spec = self._spec(params)
        if params.get("wipe") and params["state"] != "absent":
            raise InvalidSpec([("wipe", "only a volume that is to be absent can be wiped")])
        below = params.get("backing_store") or {}
        return Wish(
            name=spec["name"],
            pool=params["pool"],
            state=params["state"],
            allocation=spec.pop("allocation", None),
            spec=spec,
            prealloc_metadata=params.get("prealloc_metadata", False),
            allow_shrink=params["allow_shrink"],
            allow_overcommit=params["allow_overcommit"],
            wipe=params.get("wipe") or "",
            content=content.parse(params.get("content"), params["pool"]),
            backing=(below.get("pool") or params["pool"], below["volume"]) if below.get("volume") else None,
        )

    def _spec(self, params: t.Mapping[str, t.Any]) -> Spec:
        fields = (*self.table.fields, ALLOCATION)
        spec = parse(fields, params)
        if params.get("xml") is None:
            return spec
        try:
            beneath = stated_in(fields, parse_fragment(self.table.tag, params["xml"]))
        except ValueError as error:
            raise InvalidSpec([("xml", str(error))]) from error
        return overlay(fields, parse(fields, beneath), spec)

    # -- looking and deciding --------------------------------------------------------------------------------------

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        """Return all that planning this wish needs to know.

        :raises KvmError: where that cannot be known.
        """
        return look(connection, wish)

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        """Return what has to be done. Pure: it sees the wish and what was observed, and touches nothing.

        :raises Refused: where granting the wish would harm something or cannot work.
        """
        plan = Plan(wish.label)
        if wish.state == "absent":
            self._plan_removal(plan, wish, seen)
            return plan
        if seen.pool is None:
            raise Refused(
                f"pool: there is no storage pool {wish.pool}.",
                "Make it first with hypervise.kvm.storage_pool, or check the name.",
                option="pool",
            )
        path = seen.place(wish.name)
        if path:
            plan.facts["path"] = path
        if seen.unseen:
            plan.change("state", "not seen by libvirt", "present")
        if seen.unseen and not seen.refreshed:
            if wish.content and wish.content.overwrite:
                plan.facts["content_due"] = True  # as far as anybody knows
            plan.warnings.append(
                f"{seen.path} exists, and libvirt has not seen it yet. What else is to be changed shows when a real "
                "run has made libvirt look again."
            )
        elif not seen.exists:
            plan_creation(plan, wish, seen)
        elif is_due(wish, seen):
            if not seen.as_file:  # it is filled as it is, and not made anew
                plan_changes(plan, wish, seen)
            plan_filling_again(plan, wish, seen)
        else:
            plan_changes(plan, wish, seen)
            self._tell_what_is_not_known(plan, wish, seen)
        return plan

    @staticmethod
    def _tell_what_is_not_known(plan: Plan, wish: Wish, seen: Seen) -> None:
        if is_not_known(wish, seen):
            plan.warnings.append(
                f"content: {wish.label} exists, and what it was filled from is not known, so it is left as it is. "
                "content.overwrite=true would fill it again; what is in it is lost then."
            )
        elif sum_not_known(seen):
            plan.warnings.append(
                f"content: {wish.label} was filled from the same place, and no {sum_not_known(seen)} checksum of that "
                "is known; it is taken for the same, and left as it is."
            )

    # -- removing --------------------------------------------------------------------------------------------------

    def _plan_removal(self, plan: Plan, wish: Wish, seen: Seen) -> None:
        self._refuse_used(wish, seen)
        if seen.exists and seen.kind not in DELETES_VOLUMES:
            raise Refused(
                f"{wish.label} cannot be removed: those of a storage pool of type {seen.kind} are its storage's.",
                "Remove it there.",
                option="name",
            )
        if seen.exists or seen.gone:
            plan.change("state", "present" if seen.exists else "listed, and its file is gone", "absent")
            plan.step("refresh the pool", lambda connection: pools.refresh(connection, wish.pool))
        if seen.exists:
            plan.step(f"wipe ({wish.wipe}) and delete" if wish.wipe else "delete", lambda c: self._delete(c, wish))

    def _delete(self, connection: Connection, wish: Wish) -> None:
        """Delete, if even now that the pool was read anew nobody turns up who needs it."""
        connection.forget()
        seen = self.observe(connection, wish)
        self._refuse_used(wish, seen)
        if not seen.exists:
            return
        volume = pools.volume(connection, wish.pool, wish.name)
        if wish.wipe:
            volume.change.wipePattern(constant(f"STORAGE_VOL_WIPE_ALG_{wish.wipe.upper()}"), 0)
        volume.change.delete(0)
        marks.forget(wish.pool, wish.name)

    @staticmethod
    def _refuse_used(wish: Wish, seen: Seen) -> None:
        if seen.uses:
            raise Refused(
                f"{wish.label} cannot be removed: in use by {usage.tell(seen.uses)}.",
                "Detach it there or remove what uses it first.",
                users=usage.names(seen.uses),
            )
