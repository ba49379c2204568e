# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository with points of a guest, and what is to be seen in it without a tool of ours."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from harness.host import HOME, PREFIX, SCRATCH, Host

REPOSITORY = f"{SCRATCH}/repository"
NAME, UUID = f"{PREFIX}guest", "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"
GUEST = f"{REPOSITORY}/guests/{NAME}.{UUID}"

#: A disk that ends within a block and grows, one that is whole in the third point, and one that comes with it.
_SMALL, _LARGE = 18 * 2**20 + 512, 19 * 2**20 + 1024
CHAIN: list[dict[str, Any]] = [
    {
        "name": "20260105T120000Z",
        "disks": {
            "vda": {"size": _SMALL, "write": ["write -P 17 0 6M", "write -P 34 16M 2M", "write -P 5 9M 64k"]},
            "vdb": {"size": 2**22, "write": ["write -P 1 0 1M"]},
        },
    },
    {
        "name": "20260106T120000Z",
        "disks": {
            "vda": {"size": _SMALL, "write": ["write -P 18 1000k 10k", "write -z 16M 1M", "discard 4M 1M"]},
            "vdb": {"size": 2**22, "write": []},
        },
    },
    {
        "name": "20260107T120000Z",
        "disks": {
            "vda": {"size": _LARGE, "write": ["write -P 19 19M 1k", "write -P 0 0 70k", "write -P 9 4195k 2k"]},
            "vdb": {"size": 2**22, "write": ["write -P 2 2M 4k"], "full": True},
            "vdc": {"size": 2**20, "write": ["write -P 4 0 4k"]},
        },
    },
    {
        "name": "20260108T120000Z",
        "disks": {
            "vda": {"size": _LARGE, "write": ["write -P 20 2M 10k", "write -z -u 9M 64k"]},
            "vdb": {"size": 2**22, "write": ["write -P 3 3M 4k"]},
            "vdc": {"size": 2**20, "write": ["write -P 5 8k 4k"]},
        },
    },
]
NAMES = [point["name"] for point in CHAIN]


def make(host: Host, chain: list[dict[str, Any]] | None = None, name: str = NAME, uuid: str = UUID) -> None:
    """Have a repository with the points of a guest."""
    wanted = {"path": REPOSITORY, "name": name, "uuid": uuid, "wanted": chain or CHAIN}
    host.sh(f"cd {HOME} && python3 -m remote.points <<'END'\n{json.dumps(wanted)}\nEND")


def contents(host: Host, names: Iterable[str] = ("*",), guest: str = GUEST) -> dict[str, str]:
    """Return the SHA-256 of all that can be restored, as qemu-img reads it: POINT/IMAGE -> sum."""
    manifests = " ".join(f"{name}/manifest.json" for name in names)
    told = host.sh(
        f"cd {guest} && for manifest in {manifests}; do for image in ${{manifest%/*}}/*.qcow2; do"
        f" qemu-img convert -f qcow2 -O raw $image {SCRATCH}/raw && echo $image $(sha256sum <{SCRATCH}/raw); done; done"
    )
    return {line.split()[0]: line.split()[1] for line in told.splitlines()}


def of(found: dict[str, str], names: list[str]) -> dict[str, str]:
    """Return those of some points."""
    return {path: one for path, one in found.items() if path.split("/")[0] in names}


def assert_closed(host: Host, guest: str = GUEST) -> None:
    """Fail if an image rests on anything but its neighbours, or a file is not what its checksum is of."""
    host.sh(f"cd {guest} && for point in */; do (cd $point && sha256sum --check --strict --quiet SHA256SUMS); done")
    chains = host.sh(f"cd {guest} && for image in */*.qcow2; do qemu-img info --backing-chain $image; done")
    backing = [line.split(": ")[1] for line in chains.splitlines() if line.startswith("backing file: ")]
    assert all(name.startswith("../2026") for name in backing), backing
