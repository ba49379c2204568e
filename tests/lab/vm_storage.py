# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back ends of storage pools for which it takes a kernel of its own: LVM, NFS, partitions, iSCSI, SCSI, multipath.

The rest is in tests/integration/test_storage_real.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.host import SCRATCH, Host, Result
from harness.storage import Backend
from vm_lab import NAME

FILES = Path(__file__).parents[1] / "integration/storage"
PLACE = "/var/tmp/law-storage"
TARGET = "iqn.2026-11.example.law:disk"

#: Two SCSI hosts with a disk each, one of which is the only path of a multipath device.
SCSI = """
modprobe scsi_debug dev_size_mb=16 add_host=2 per_host_store=1
udevadm settle
cd /sys/bus/pseudo/drivers/scsi_debug
set -- $(ls -d adapter*/host*/target*/*/block/*)
size=$(cat $2/size)
dmsetup create law-multipath --table "0 $size multipath 0 0 1 1 round-robin 0 1 1 /dev/${2##*/} 1"
dmsetup mknodes
basename $(ls -d adapter0/host*)
basename $(readlink -f /dev/mapper/law-multipath)
"""


class VM(Host):
    """The VM, as the tests of modules see a host; it has a lab of its own."""

    compiled = False

    def state(self) -> dict[str, str]:
        """Looking at all there is takes seconds here; what a run in check mode would change, its guard sees."""
        return {}

    def foretells(self, module: str, **args: Any) -> Result:
        return self.run(module, check=True, **args)

    def _ssh(self, command: str) -> list[str]:
        return ["env", f"HYPERVISE_LAB={NAME}", *super()._ssh(command)]


def backends(host: Host) -> list[Backend]:
    """All back ends that it takes a kernel for, up. They go with the VM."""
    host.put([(FILES / "iscsi", "iscsi")], PLACE)
    host.sh(f"{PLACE}/iscsi up {PLACE}/lun")
    host.sh(f"mkdir {PLACE}/export && echo '{PLACE}/export *(rw,no_root_squash)' >/etc/exports && exportfs -ra")
    adapter, multipath = host.sh(SCSI).split()
    here = [{"name": "127.0.0.1"}]
    by_path = {"path": "/dev/disk/by-path"}
    return [
        Backend(
            "netfs",
            {
                "type": "netfs",
                "source": {"hosts": here, "dir": f"{PLACE}/export", "format": "nfs", "protocol_version": "4.2"},
                "target": {"path": f"{SCRATCH}/netfs"},
                "mount_options": ["noatime"],
            },
            delete_empty=True,
        ),
        Backend(
            "logical",
            {"type": "logical", "source": {"devices": [{"path": "/dev/vdb"}]}, "build": "no_overwrite"},
            delete_empty=True,
        ),
        Backend(
            "disk",
            {
                "type": "disk",
                "source": {"devices": [{"path": "/dev/vdc"}], "format": "gpt"},
                "target": {"path": "/dev"},
                "build": "no_overwrite",
            },
            volume="vdc1",
            grows=False,
        ),
        Backend(
            "iscsi",
            {"type": "iscsi", "source": {"hosts": here, "devices": [{"path": TARGET}]}, "target": by_path},
            volume="unit:0:0:1",
            makes=False,
        ),
        Backend(
            "scsi",
            {"type": "scsi", "source": {"adapter": {"name": adapter}}, "target": {"path": "/dev/disk/by-id"}},
            volume="unit:0:0:0",
            makes=False,
        ),
        Backend(
            "mpath",
            {"type": "mpath", "target": {"path": "/dev/mapper"}},
            volume=multipath,
            makes=False,
            source={"dev": "/dev/mapper/law-multipath"},  # libvirt takes no such pool for the source of a disk
        ),
    ]
