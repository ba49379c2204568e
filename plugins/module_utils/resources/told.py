# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of an object that has a stored definition: its spec, and what of it is not true of the running one."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read, reconcile, with_absent
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.fragment import state_remainder
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.nodes import Node, Spec
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.remainder import remainder

Fields = t.Sequence[Node]


def spec_of(fields: Fields, definition: xml.Element, with_rest: bool) -> Spec:
    """Return a definition in the shape that the state module takes.

    :arg with_rest: what no row covers is in C(xml).
    """
    spec = read(fields, definition)
    rest = remainder(fields, definition) if with_rest else None
    if rest is not None:
        spec["xml"] = xml.text_of(rest)
    return spec


def pending(fields: Fields, stored: xml.Element, live: xml.Element, with_rest: bool) -> list[str]:
    """Return what is stored and not true of the running object; either may be C(None)."""
    if stored is None or live is None:
        return []
    document = xml.clone(live)
    found = reconcile(fields, document, with_absent(fields, read(fields, stored)), live=True).differences
    rest = remainder(fields, stored) if with_rest else None
    if rest is not None:
        found += state_remainder(fields, rest, document)
    return [difference.path for difference in found]
