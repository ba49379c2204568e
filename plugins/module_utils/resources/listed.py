# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that libvirt lists, with their documents. Some go between the one call and the other; nobody misses them."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import NotFound


def described(handles: t.Iterable[Handle], flags: int = 0) -> t.Iterator[tuple[Handle, xml.Element]]:
    """Return objects with their documents, but for those that have gone since they were listed."""
    for handle in handles:
        try:
            document = xml.parse(handle.read.XMLDesc(flags))
        except NotFound:
            continue
        yield handle, document
