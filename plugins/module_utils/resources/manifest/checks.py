# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each object of a manifest is checked as its own module would check it."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec, KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import Item

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.module import Resource


def parse(items: t.Iterable[Item]) -> set[str]:
    """Give each item its wish, or the error that it is; and return the values that must not be told to anybody."""
    secrets: set[str] = set()
    ways: dict[str, tuple[Resource, ArgumentSpecValidator]] = {}
    for item in items:
        if item.kind.name not in ways:
            resource = item.kind.load()
            ways[item.kind.name] = resource, ArgumentSpecValidator(resource.argument_spec())
        item.resource, validator = ways[item.kind.name]
        found = validator.validate(item.given)
        secrets |= found._no_log_values  # as AnsibleModule does
        if found.error_messages and not item.error:
            item.error = InvalidSpec([(item.path, message) for message in found.error_messages])
        if item.error:
            continue
        try:
            item.wish = item.resource.parse(found.validated_parameters)
        except InvalidSpec as error:
            item.error = InvalidSpec(
                [(f"{item.path}.{problem['option']}", problem["message"]) for problem in error.details["problems"]]
            )
        except KvmError as error:
            item.error = error
        if not item.name and not item.error:
            item.error = InvalidSpec([(item.path, "only 'xml' says which one it is; state it as an option, too")])
    return secrets
