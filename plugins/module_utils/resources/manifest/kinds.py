# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects that a manifest has, in the order in which they are made: each may need those before it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.names import (
    Given,
    filters_of,
    volumes_of,
)

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.module import Resource

# What a kind is made of is loaded when there is something to do for it: most of what a task costs is loading code.


def _secret() -> Resource:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.secret import Secret

    return Secret()


def _storage_pool() -> Resource:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.storage_pool.resource import StoragePool

    return StoragePool()


def _volume() -> Resource:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.resource import Volume

    return Volume()


def _nwfilter() -> Resource:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.nwfilter import NWFilter

    return NWFilter()


def _network() -> Resource:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.network.resource import Network

    return Network()


def _domain() -> Resource:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.resource import Domain

    return Domain()


@dataclass(frozen=True)
class Kind:
    """One of them."""

    name: str  # that of its module
    option: str  # of the manifest
    load: t.Callable[[], Resource]
    refers: t.Callable[[Given], set[str]] = lambda given: set()  # to others of the same kind, which it needs


KINDS = (
    Kind("secret", "secrets", _secret),
    Kind("storage_pool", "storage_pools", _storage_pool),
    Kind("volume", "volumes", _volume, refers=volumes_of),
    Kind("nwfilter", "nwfilters", _nwfilter, refers=filters_of),
    Kind("network", "networks", _network),
    Kind("domain", "domains", _domain),
)
