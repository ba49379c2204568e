# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage pools on real storage, as far as a container has it; the rest is in tests/lab/test_storage.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import storage
from harness.host import SCRATCH, Host
from harness.storage import Backend

PACKAGES = ("ceph-common", "ceph-mon", "ceph-osd", "glusterfs-server", "qemu-block-extra", "tgt", "xfsprogs")
FILES = Path(__file__).parent / "storage"
PLACE = "/var/tmp/law-storage"  # not where the host's state is compared: it is written to late

TARGET = "iqn.2026-11.example.law:disk"
DIR = Backend("dir", {"type": "dir", "target": {"path": f"{SCRATCH}/dir"}}, delete_empty=True)
ISCSI_DIRECT = Backend(
    "iscsi-direct",
    {
        "type": "iscsi-direct",
        "source": {
            "hosts": [{"name": "127.0.0.1"}],
            "devices": [{"path": TARGET}],
            "initiator": "iqn.2026-11.example.law:host",
        },
    },
    volume="unit:0:0:1",
    makes=False,
    begins=f"head -c 32 {PLACE}/lun",
)


def rbd(secret: str) -> Backend:
    monitors = [{"name": "127.0.0.1", "port": 6789}]
    auth = {"type": "ceph", "username": "law", "secret": {"uuid": secret}}
    return Backend(
        "rbd",
        {"type": "rbd", "source": {"name": "law-images", "hosts": monitors, "auth": auth}},
        # libvirt takes no rbd pool for the source of a disk
        source={
            "protocol": "rbd",
            "name": "law-images/law-disk",
            "hosts": monitors,
            "auth": {"username": "law", "secret": {"type": "ceph", "uuid": secret}},
        },
        begins="rbd export --no-progress {path} - | head -c 32",
        volume_options={"allow_overcommit": True},  # nobody tells libvirt how large this cluster is
    )


def gluster(address: str) -> Backend:
    servers = [{"name": address}]
    return Backend(
        "gluster",
        {"type": "gluster", "source": {"name": "law-images", "hosts": servers, "dir": "/"}},
        makes=False,
        # nor such a one
        source={"protocol": "gluster", "name": "law-images/law-disk", "hosts": servers},
        begins=f"head -c 32 {PLACE}/brick/law-disk",
    )


def fs(form: str, device: str) -> Backend:
    source = {"devices": [{"path": device}], "format": form}
    pool = {"type": "fs", "source": source, "target": {"path": f"{SCRATCH}/{form}"}, "build": "no_overwrite"}
    return Backend(f"fs-{form}", pool, delete_empty=True)


@pytest.fixture
def backends(host: Host) -> Iterator[list[Backend]]:
    """All back ends that a container can have, up."""
    host.needs(*PACKAGES)
    host.put([(FILES / name, name) for name in ("ceph", "gluster", "iscsi")], PLACE)
    address = host.sh("ip -4 -brief address show host0").split()[2].partition("/")[0]
    host.sh(f"cd {PLACE} && ./iscsi down >/dev/null 2>&1; ./iscsi up {PLACE}/lun && ./ceph up >/dev/null 2>&1")
    host.sh(f"{PLACE}/gluster up {address} {PLACE}/brick >/dev/null 2>&1")
    disks = {form: loop(host, form) for form in ("ext4", "xfs")}
    secret = "8c1f5b0e-2f5e-4a2b-9d57-6f0f3f1c2a01"
    key = host.sh("ceph auth get-key client.law").strip()
    host.run("secret", uuid=secret, usage={"type": "ceph", "name": "law"}, value_base64=key)
    yield [DIR, *(fs(form, device) for form, device in disks.items()), ISCSI_DIRECT, rbd(secret), gluster(address)]
    host.sweep()
    host.sh(f"cd {PLACE} && ./iscsi down && ./ceph down && ./gluster down >/dev/null 2>&1")
    host.sh(f"losetup --detach {' '.join(disks.values())}; rm -rf {PLACE}")


def loop(host: Host, name: str) -> str:
    """A block device, empty, of a size that is enough for every file system."""
    return host.sh(f"cd {PLACE} && truncate -s 320M {name} && losetup --find --show {name}").strip()


def test_life(host: Host, backends: list[Backend]) -> None:
    storage.life(host, backends)
