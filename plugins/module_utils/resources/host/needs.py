# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to be on a host so that a guest can run there, room apart; and what people say about where it should."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.document import read
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.domain.metadata import METADATA

#: Where a guest's document names the networks, and so on, that it uses.
_NAMES = {
    "networks": "devices/interface[@type='network']/source/@network",
    "bridges": "devices/interface[@type='bridge']/source/@bridge",
    "storage_pools": "devices/disk[@type='volume']/source/@pool",
    "files": "devices/disk[@device='disk']/source/@file",
}


def needs(document: xml.Element) -> dict[str, t.Any]:
    """Return what a guest needs on its host."""
    return {
        "arch": xml.get(document, "os/type/@arch"),
        "machine": xml.get(document, "os/type/@machine"),
        **{kind: _names(document, path) for kind, path in _NAMES.items()},
    }


def _names(document: xml.Element, path: str) -> list[str]:
    steps, attribute = xml.split(path)
    return sorted({name for name in (found.get(attribute) for found in xml.find_all(document, steps)) if name})


def labels(document: xml.Element) -> dict[str, str]:
    """Return a guest's labels."""
    return t.cast("dict[str, str]", read((METADATA,), document).get("metadata", {}).get("labels", {}))
