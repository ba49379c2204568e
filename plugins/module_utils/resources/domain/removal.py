# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a domain: a graceful stop and undefining, refused until what goes with it has its word."""

from __future__ import annotations

import os

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection, Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.beside import variables
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.defined import Seen, Wish
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import power
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.checkpoints import OF_BACKUPS
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot import beside
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import tree_of

_CHECKPOINTS = "checkpoints_metadata"

#: Words of O(undefine), and libvirt's flag for each.
UNDEFINE = {
    "managed_save": "DOMAIN_UNDEFINE_MANAGED_SAVE",
    "snapshots_metadata": "DOMAIN_UNDEFINE_SNAPSHOTS_METADATA",
    _CHECKPOINTS: "DOMAIN_UNDEFINE_CHECKPOINTS_METADATA",
    "nvram": "DOMAIN_UNDEFINE_NVRAM",
    "keep_nvram": "DOMAIN_UNDEFINE_KEEP_NVRAM",
    "tpm": "DOMAIN_UNDEFINE_TPM",
    "keep_tpm": "DOMAIN_UNDEFINE_KEEP_TPM",
}


def observe(connection: Connection, handle: Handle, seen: Seen) -> None:
    """Add what stands in the way of undefining, and what goes with the definition."""
    checkpoints = [found.read.getName() for found in handle.read.listAllCheckpoints(0)]
    others = [name for name in checkpoints if not name.startswith(OF_BACKUPS)]
    seen.facts["leftovers"] = _leftovers(handle, seen, others)
    seen.facts["goes"] = {_CHECKPOINTS} if checkpoints and not others else set()
    seen.facts["copies"] = _copies_of_variables(handle, seen) if connection.is_local else []


def plan(plan: Plan, wish: Wish, seen: Seen, now: str) -> None:
    """Plan the removal of a domain whose power is I(now)."""
    words = set(wish.options["undefine"])
    open_questions = [
        (what, answers) for what, answers in seen.facts["leftovers"].items() if not words.intersection(answers)
    ]
    if open_questions:
        raise Refused(
            f"{plan.label} has "
            + ", ".join(f"{what} (undefine: {' or '.join(answers)})" for what, answers in open_questions)
            + "; it is not removed without a word for each.",
            "Add the words to the option 'undefine'.",
            option="undefine",
            leftovers={what: list(answers) for what, answers in open_questions},
        )
    if now in power.AWAKE:
        power.plan_stop(plan, wish, now)
    if "nvram" in words and seen.facts["copies"]:
        plan.step("remove the copies that its snapshots have of its UEFI variables", beside.gone(seen.facts["copies"]))
    if seen.stored is not None:
        flags = sum(constant(UNDEFINE[word]) for word in words | seen.facts["goes"])
        plan.step(
            "undefine", lambda connection: connection.host.read.lookupByName(wish.name).change.undefineFlags(flags)
        )


def _leftovers(handle: Handle, seen: Seen, checkpoints: list[str]) -> dict[str, tuple[str, ...]]:
    """Return what would be lost or left behind with the definition, and the words that answer each."""
    found: dict[str, tuple[str, ...]] = {}
    if seen.stored is None:
        return found
    if handle.read.hasManagedSaveImage():
        found["a managed save image"] = ("managed_save",)
    if handle.read.listAllSnapshots(0):
        found["snapshots"] = ("snapshots_metadata",)
    if checkpoints:
        found[f"checkpoints ({', '.join(checkpoints)})"] = (_CHECKPOINTS,)
    if xml.find(seen.stored, "os/nvram") is not None or xml.get(seen.stored, "os/@firmware") == "efi":
        found["UEFI variables (NVRAM)"] = ("nvram", "keep_nvram")
    if xml.get(seen.stored, "devices/tpm/backend/@type") == "emulator":
        found["the state of an emulated TPM"] = ("tpm", "keep_tpm")
    return found


def _copies_of_variables(handle: Handle, seen: Seen) -> list[str]:
    """Return the copies of a domain's UEFI variables that its snapshots have."""
    path = variables(seen.stored) if seen.stored is not None else ""
    copies = [beside.copy_of(path, snapshot.name) for snapshot in tree_of(handle)] if path else []
    return list(filter(os.path.exists, copies))
