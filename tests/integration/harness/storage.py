# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage at work: pools on real back ends, each with a volume that one guest has as a disk, from start to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness import laws, tiny
from harness.host import PREFIX, Host

GUEST = f"{PREFIX}guest"

#: Bytes that no back end has as they are: not a whole number of sectors, cylinders, extents or objects.
SIZE, LARGER = 12_000_001, 24_000_001


@dataclass(frozen=True)
class Backend:
    """A pool on real storage, and its volume."""

    kind: str  # for people, and in the pool's name
    pool: Mapping[str, Any]  # options of the module storage_pool
    volume: str = f"{PREFIX}disk"
    makes: bool = True  # libvirt can make and delete volumes in it
    grows: bool = True  # and make them larger
    volume_options: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)  # of the guest's disk, where that is not pool and volume
    begins: str = "head -c 64 {path}"  # shell: prints what is at the beginning of the volume
    delete_empty: bool = False  # libvirt can delete what held the volumes

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.kind}"

    @property
    def of_volume(self) -> dict[str, Any]:
        """The options that name the volume."""
        return {"pool": self.name, "name": self.volume}


def life(host: Host, backends: Sequence[Backend]) -> None:
    """Take all back ends through their life; they share a guest, as booting one takes longest."""
    for backend in backends:
        come_up(host, backend)
    boot(host, backends)
    for position, backend in enumerate(backends):
        is_used(host, backend, position)
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    host.run("domain", name=GUEST, state="absent")
    for backend in backends:
        go(host, backend)


def come_up(host: Host, backend: Backend) -> None:
    """The pool, active, and its volume, grown; each again, unchanged."""
    pool = {"name": backend.name, **backend.pool, "state": "active", "autostart": True}
    assert laws.twin(host, "storage_pool", **pool).changed
    unchanged(host, "storage_pool", **pool)
    if not backend.makes:
        unchanged(host, "volume", **backend.of_volume)
        return
    for size in (SIZE, LARGER) if backend.grows else (SIZE,):
        volume = {**backend.of_volume, **backend.volume_options, "capacity": size}
        assert laws.twin(host, "volume", **volume).changed
        unchanged(host, "volume", **volume)


def boot(host: Host, backends: Sequence[Backend]) -> None:
    """A guest with a volume of every pool as a disk, which it writes to."""
    tiny.install(host)
    disks = [
        {
            "target": f"vd{letter(position)}",
            "source": backend.source or {"pool": backend.name, "volume": backend.volume},
            "driver": {"type": "raw"},
        }
        for position, backend in enumerate(backends)
    ]
    guest = {"name": GUEST, "type": "qemu", "memory": "128MiB", "disks": disks, **tiny.boot()}
    host.run("domain", **guest, state="running", wait_for="agent", wait_timeout=100)
    unchanged(host, "domain", **guest, state="running")
    for position, backend in enumerate(backends):
        tiny.sh(host, GUEST, f"printf {backend.name} | dd of=/dev/vd{letter(position)} conv=fsync,notrunc 2>&1")


def letter(position: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[position]


def is_used(host: Host, backend: Backend, position: int) -> None:
    """What the guest wrote is where it belongs, and nobody takes that away."""
    (volume,) = (
        found for found in host.run("volume_info", pool=[backend.name])["volumes"] if found["name"] == backend.volume
    )
    assert host.sh(backend.begins.format(path=volume["path"])).startswith(backend.name), backend.kind
    disk = f"domain {GUEST} (disk vd{letter(position)}, running)"
    assert disk in laws.refused(host, "volume", **backend.of_volume, state="absent"), backend.kind
    for state in ("inactive", "absent"):
        assert disk in laws.refused(host, "storage_pool", name=backend.name, state=state), backend.kind


def go(host: Host, backend: Backend) -> None:
    """The volume, deleted, and the pool, removed; each again, unchanged."""
    if backend.makes:
        laws.twin(host, "volume", **backend.of_volume, state="absent")
        unchanged(host, "volume", **backend.of_volume, state="absent")
    gone = {"name": backend.name, "state": "absent", "delete_empty": backend.delete_empty}
    assert laws.twin(host, "storage_pool", **gone).changed
    unchanged(host, "storage_pool", **gone)


def unchanged(host: Host, module: str, **options: Any) -> None:
    laws.assert_unchanged(host.run(module, **options), "done")
