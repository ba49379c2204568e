# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table as the argument spec of a module."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Field, Group, List, Node, Values


def argument_spec(fields: t.Iterable[Node]) -> dict[str, t.Any]:
    """Return the options of some rows. No option has a default: what is not stated is left alone."""
    return {node.name: _option(node) for node in fields}


def _option(node: Node) -> dict[str, t.Any]:
    if isinstance(node, Field):
        # stated also where it is not secret: Ansible takes some names, such as keymap, for those of secrets
        option: dict[str, t.Any] = {"type": node.codec.option_type, "no_log": node.secret}
        if node.codec.choices:
            option["choices"] = list(node.codec.choices)
        if node.required:
            option["required"] = True
        return option
    if isinstance(node, Values):
        option = {"type": "list", "elements": node.codec.option_type}
        if node.codec.choices:
            option["choices"] = list(node.codec.choices)
        return option
    kind = {"type": "dict"} if isinstance(node, Group) else {"type": "list", "elements": "dict"}
    return {**kind, "no_log": False, "options": argument_spec(node.fields), **node.rules}


def lists(fields: t.Iterable[Node], where: str = "") -> t.Iterator[str]:
    """Return the paths of all lists of items: what can be kept although it is not listed.

    Those in what is replaced as a whole go with it.
    """
    for node in fields:
        path = where + node.name
        if isinstance(node, List):
            if node.sequence:
                continue
            yield path
        if isinstance(node, List) or (isinstance(node, Group) and not node.whole):
            yield from lists(node.fields, path + ".")
