# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds: volumes that are filled with what cloud-init reads. All that holds for volumes holds for them."""

from __future__ import annotations

import hashlib
import os
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.seed.documents import OPTIONS, texts
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.seed.image import image
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import marks
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.resource import Volume
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.state import Seen, Wish

#: What the mark of a seed says it was filled from.
ORIGIN = "cloud-init seed"


class Seed(Volume):
    """U(https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html)."""

    def argument_spec(self) -> dict[str, t.Any]:
        return {
            "pool": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            **OPTIONS,
        }

    def parse(self, params: t.Mapping[str, t.Any]) -> Wish:
        volume: dict[str, t.Any] = {name: params[name] for name in ("pool", "name", "state")}
        if params["state"] == "present":
            seed = image(texts(params, params["instance_id"] or os.path.splitext(params["name"])[0]))
            digits = hashlib.sha256(seed).hexdigest()
            volume["content"] = {"src": ORIGIN, "_checksum": digits, "_staged": _in_memory(seed), "overwrite": True}
        complete = ArgumentSpecValidator(super().argument_spec()).validate(volume).validated_parameters
        return super().parse(complete)

    def observe(self, connection: Connection, wish: Wish) -> Seen:
        seen = super().observe(connection, wish)
        if seen.bearer:
            seen.mark = marks.read(seen.bearer)  # also of one that is to go
        return seen

    def plan(self, wish: Wish, seen: Seen) -> Plan:
        if seen.exists and (seen.mark is None or seen.mark.origin != ORIGIN):
            raise Refused(
                f"{wish.label} is no seed that hypervise.kvm.cloud_init made, so it is left as it is.",
                "Choose another name, or remove it with hypervise.kvm.volume.",
                option="name",
            )
        plan = super().plan(wish, seen)
        plan.facts.pop("content_due", None)  # nothing has to be brought
        if wish.content and seen.exists and plan.changed:
            plan.warnings.append(
                f"{wish.label} is another seed now. A guest takes what it says at its next boot, and cloud-init does "
                "most of it only where the instance_id is another one, too."
            )
        return plan


def _in_memory(content: bytes) -> str:
    """Return the path of a file that is on no disk, as there may be passwords in it, and that ends with the process."""
    descriptor = os.memfd_create("seed")
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
    return f"/proc/{os.getpid()}/fd/{descriptor}"
