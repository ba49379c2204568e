# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage at work: pools on real back ends, each with a volume that one guest has as a disk, from start to end.

The guest is a boot sector: it writes to its disks within a second, also in a VM without KVM, where Linux takes minutes.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until
from harness import laws
from harness.host import PREFIX, SCRATCH, Host

TEXT = b"law-guest"
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
    begins: str = "head -c 32 {path}"  # shell: prints what is at the beginning of the volume
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
    pool: dict[str, Any] = {"name": backend.name, **backend.pool, "state": "active", "autostart": True}
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
    sector = base64.b64encode(program(len(backends))).decode()
    host.sh(f"cd {SCRATCH} && echo {sector} | base64 --decode >boot && truncate --size=1M boot")
    disks = [
        {"target": "vda", "source": {"file": f"{SCRATCH}/boot"}, "driver": {"type": "raw"}, "boot_order": 1},
        *(
            {
                "target": f"vd{letter(position)}",
                "source": backend.source or {"pool": backend.name, "volume": backend.volume},
                "driver": {"type": "raw"},
                "boot_order": position + 2,  # the firmware has only disks with one
            }
            for position, backend in enumerate(backends)
        ),
    ]
    guest: dict[str, Any] = {"name": GUEST, "type": "qemu", "memory": "32MiB", "disks": disks, "state": "running"}
    host.run("domain", **guest)
    unchanged(host, "domain", **guest)


def program(disks: int) -> bytes:
    """A boot sector that writes itself to the first sector of all other disks, in a second also where all is emulated.

    On each it begins with a jump over a text and the disk's number as the BIOS has it, see C(written).
    """
    last = 0x80 + disks
    head = b"\xeb\x0a" + TEXT + b"\0"  # jmp over the text and the number
    assert len(head) == 12
    code = (
        b"\x31\xc0\x8e\xd8\x8e\xc0"  # xor ax,ax; mov ds,ax; mov es,ax
        b"\xb2\x81"  # mov dl,0x81
        b"\x88\x16\x0b\x7c"  # next: mov [0x7c0b],dl
        b"\xbb\x00\x7c"  # mov bx,0x7c00
        b"\xb8\x01\x03\xb9\x01\x00\xb6\x00"  # mov ax,0x0301; mov cx,1; mov dh,0
        b"\xcd\x13"  # int 0x13: write a sector
        b"\xfe\xc2\x80\xfa" + bytes([last]) + b"\x76\xe8"  # inc dl; cmp dl,last; jbe next
        b"\xfa\xf4\xeb\xfd"  # cli; hlt; jmp to the hlt
    )
    return (head + code).ljust(510, b"\0") + b"\x55\xaa"


def written(position: int) -> str:
    """What is on a disk, in base64, when the guest was there."""
    return base64.b64encode(TEXT + bytes([0x81 + position])).decode()


def letter(position: int) -> str:
    return "bcdefghijklmnopqrstuvwxyz"[position]


def is_used(host: Host, backend: Backend, position: int) -> None:
    """What the guest wrote is where it belongs, and nobody takes that away."""
    (volume,) = (
        found for found in host.run("volume_info", pool=[backend.name])["volumes"] if found["name"] == backend.volume
    )
    look = f"{backend.begins.format(path=volume['path'])} | tail -c +3 | head -c {len(TEXT) + 1} | base64"
    assert wait_until(lambda: host.sh(look).strip() == written(position), 240), f"{backend.kind}: {host.sh(look)}"
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
