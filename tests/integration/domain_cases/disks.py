# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases for the options of plugins/module_utils/schema/domain/disks.py."""

from __future__ import annotations

from typing import Any

from domain_cases.common import UUIDS, disk, images
from harness.host import PREFIX, SCRATCH
from harness.parts import AS_IS, Case, Part


def source(target: str, a: Any, b: Any, **more: Any) -> Case:
    """A disk that gets another source: defined only, as the lab has no such servers."""
    return Case(f"disks[{target}].source", a, b, running=False, **more)


PARTS = (
    Part(
        "disk",
        {"disks": [disk(driver={"type": "raw", "cache": "none"})]},
        (
            Case("disks[vda].source.file", f"{SCRATCH}/one.raw", f"{SCRATCH}/two.raw", changes=("disks[vda].source",)),
            Case("disks[vda].driver.io", "native", "threads"),
            Case("disks[vda].driver.cache", "none", "writeback"),
            Case("disks[vda].driver.discard", "ignore", "unmap"),
            Case("disks[vda].driver.detect_zeroes", "off", "unmap"),
            Case("disks[vda].driver.error_policy", "stop", "report"),
            Case("disks[vda].driver.queues", 1, 2),
            Case("disks[vda].driver.type", "raw", "qcow2", running=False),
            Case("disks[vda].readonly", False, True),
            Case("disks[vda].shareable", False, True, running=False),
            Case("disks[vda].serial", "one", "two"),
            Case("disks[vda].boot_order", 1, 2),
        ),
        images,
    ),
    Part(
        "disk-kind",
        {"disks": [{"target": "sda", "source": {"file": f"{SCRATCH}/one.raw"}}]},
        (
            Case("disks[sda].bus", "sata", "scsi"),
            Case("disks[sda].device", "disk", "cdrom"),
        ),
        images,
    ),
    Part(
        "media",
        {"disks": [{"target": "sda", "bus": "sata", "device": "cdrom"}]},
        (
            Case(
                "disks[sda].source",
                {"file": f"{SCRATCH}/one.raw"},
                {"file": f"{SCRATCH}/two.raw"},
                live=True,
            ),
            Case(
                "disks[sda].source",
                AS_IS,
                {},
                live=True,
                note="ejected",
            ),
            Case(
                "disks[sda].source",
                AS_IS,
                {"file": f"{SCRATCH}/three.raw"},
                live=True,
                note="inserted",
            ),
        ),
        images,
    ),
    Part(
        "volume",
        {"disks": [{"target": "vda", "source": {"pool": f"{PREFIX}pool", "volume": "one.raw"}}]},
        (
            Case("disks[vda].source.volume", "one.raw", "two.raw", changes=("disks[vda].source",)),
            Case(
                "disks[vda].source",
                AS_IS,
                {"file": f"{SCRATCH}/one.raw"},
                note="kind",
                running=False,
            ),
        ),
        images,
    ),
    Part(
        "volume-elsewhere",
        {"disks": [disk(source={"pool": "one", "volume": "one.raw"}), {"target": "vdb", "source": {"dev": "/dev/a"}}]},
        (
            Case("disks[vda].source.pool", "one", "two", changes=("disks[vda].source",), running=False),
            Case("disks[vdb].source.dev", "/dev/a", "/dev/b", changes=("disks[vdb].source",), running=False),
        ),
    ),
    Part(
        "disks",
        {},
        (
            Case(
                "disks",
                [disk()],
                [disk(), {"target": "vdb", "source": {"file": f"{SCRATCH}/two.raw"}}],
                live=True,
                changes=("disks[vdb]",),
            ),
            Case(
                "disks[vda].target",
                AS_IS,
                "vdc",
                changes=("disks[vda]", "disks[vdc]"),
                running=False,
            ),
        ),
        images,
    ),
    Part(
        "disk-options",
        {
            "os": {"machine": "q35"},
            "iothreads": 1,
            "controllers": [{"type": "scsi", "index": index, "model": "virtio-scsi"} for index in (0, 1)],
            "disks": [
                disk(bus="virtio", driver={"type": "raw"}),
                {"target": "sda", "bus": "scsi", "source": {"file": f"{SCRATCH}/two.raw"}},
                {"target": "sdb", "bus": "usb", "source": {"file": f"{SCRATCH}/three.raw"}},
            ],
        },
        (
            Case("disks[vda].model", "virtio", "virtio-transitional", running=False),
            Case("disks[vda].snapshot", "internal", "external"),
            Case("disks[vda].iotune.total_bytes_sec", 0, "10MiB", live=True),
            Case("disks[vda].iotune.total_bytes_sec_max", 0, "20MiB", live=True),
            Case("disks[vda].iotune.total_bytes_sec_max_length", 0, 2, live=True),
            Case("disks[vda].iotune.read_iops_sec", 0, 1000, live=True),
            Case("disks[vda].iotune.read_iops_sec_max", 0, 2000, live=True),
            Case("disks[vda].iotune.read_iops_sec_max_length", 0, 3, live=True),
            Case("disks[vda].iotune.write_iops_sec", 0, 1000, live=True),
            Case("disks[vda].iotune.write_iops_sec_max", 0, 2000, live=True),
            Case("disks[vda].iotune.write_iops_sec_max_length", 0, 3, live=True),
            Case("disks[vda].iotune.size_iops_sec", 0, 4096, live=True),
            Case("disks[vda].iotune.group_name", None, "law", live=True),
            Case("disks[sda].iotune.read_bytes_sec", 0, "10MiB", live=True),
            Case("disks[sda].iotune.read_bytes_sec_max", 0, "20MiB", live=True),
            Case("disks[sda].iotune.read_bytes_sec_max_length", 0, 2, live=True),
            Case("disks[sda].iotune.write_bytes_sec", 0, "10MiB", live=True),
            Case("disks[sda].iotune.write_bytes_sec_max", 0, "20MiB", live=True),
            Case("disks[sda].iotune.write_bytes_sec_max_length", 0, 2, live=True),
            Case("disks[sda].iotune.total_iops_sec", 0, 1000, live=True),
            Case("disks[sda].iotune.total_iops_sec_max", 0, 2000, live=True),
            Case("disks[sda].iotune.total_iops_sec_max_length", 0, 3, live=True),
            Case("disks[vda].driver.rerror_policy", "report", "ignore"),
            Case("disks[vda].driver.copy_on_read", False, True),
            Case("disks[vda].driver.event_idx", True, False),
            Case("disks[vda].driver.ioeventfd", True, False, running=False),
            Case("disks[vda].driver.queue_size", 128, 256),
            Case("disks[vda].driver.iothread", None, 1),
            Case("disks[vda].driver.iommu", False, True, running=False),
            Case("disks[vda].driver.ats", False, True),
            Case("disks[vda].driver.packed", False, True),
            Case("disks[vda].driver.page_per_vq", False, True),
            Case("disks[sda].rotation_rate", 7200, 1),
            Case("disks[sda].wwn", "5000c50015ea71aa", "5000c50015ea71ab"),
            Case("disks[sda].vendor", "law", "order"),
            Case("disks[sda].product", "one", "two"),
            Case("disks[sda].blockio.logical_block_size", 512, "4KiB"),
            Case("disks[sda].blockio.physical_block_size", 512, "4KiB"),
            Case(
                "disks[sda].blockio.discard_granularity", "4KiB", "8KiB", refused_on=("bookworm",), refusal="domain.rng"
            ),
            Case("disks[sdb].removable", True, False),
            Case("disks[vda].alias", "ua-one", "ua-two"),
            Case("disks[vda].acpi_index", None, 3, running=False),
            Case(
                "disks[vda].address",
                {"type": "pci", "domain": 0, "bus": "0x05", "slot": 0, "function": 0},
                {"type": "pci", "bus": 6, "slot": 0, "function": 0, "multifunction": True},
                running=False,
            ),
            Case(
                "disks[sda].address",
                {"type": "drive", "controller": 0, "bus": 0, "target": 0, "unit": 1},
                {"type": "drive", "controller": 1, "bus": 0, "target": 3, "unit": 2},
                running=False,
            ),
            Case(
                "disks[sdb].address",
                {"type": "usb", "bus": 0, "port": "1"},
                {"type": "usb", "bus": 0, "port": "2"},
                running=False,
            ),
        ),
        images,
    ),
    Part(
        "disk-definition",
        {
            "os": {"machine": "pc"},
            "disks": [
                disk(driver={"type": "qcow2"}),
                {"target": "sda", "bus": "sata", "device": "cdrom"},
                {"target": "sdb", "bus": "scsi", "device": "lun", "source": {"dev": "/dev/one"}},
                {"target": "hda", "bus": "ide", "source": {"file": "/one"}},
            ],
        },
        (
            Case("disks[vda].driver.metadata_cache.max_size", "1MiB", "2MiB", running=False),
            Case(
                "disks[vda].driver.discard_no_unref",
                False,
                True,
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case(
                "disks[vda].driver.iothreads",
                None,
                [{"id": 1, "queues": [0, 1]}, {"id": 2, "queues": [2, 3]}],
                also={"disks[vda].driver.queues": 4, "iothreads": 2},
                changes=(
                    "disks[vda].driver.iothreads[1]",
                    "disks[vda].driver.iothreads[2]",
                    "disks[vda].driver.queues",
                    "iothreads",
                ),
                running=False,
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            Case("disks[vda].transient", False, True, running=False),
            Case("disks[vda].transient_share_backing", None, True, running=False),
            Case(
                "disks[vda].backing_store",
                {"format": "raw", "source": {"file": f"{SCRATCH}/two.raw"}, "no_backing_store": True},
                {
                    "format": "qcow2",
                    "metadata_cache": "1MiB",
                    "source": {"dev": "/dev/two"},
                    "no_backing_store": False,
                    "backing_store": {
                        "format": "raw",
                        "source": {"file": f"{SCRATCH}/three.raw"},
                        "no_backing_store": True,
                    },
                },
                changes=(
                    "disks[vda].backing_store.format",
                    "disks[vda].backing_store.metadata_cache",
                    "disks[vda].backing_store.source",
                    "disks[vda].backing_store.backing_store.format",
                    "disks[vda].backing_store.backing_store.source",
                    "disks[vda].backing_store.backing_store.no_backing_store",
                ),
                running=False,
            ),
            Case("disks[sda].no_backing_store", False, True, running=False),
            Case("disks[sda].tray", "closed", "open", running=False),
            Case("disks[sdb].rawio", False, True, running=False),
            Case("disks[sdb].sgio", None, "filtered", running=False),
            Case("disks[hda].geometry.cyls", 100, 200, running=False),
            Case("disks[hda].geometry.heads", 4, 8, running=False),
            Case("disks[hda].geometry.secs", 16, 32, running=False),
            Case("disks[hda].geometry.trans", "lba", "none", running=False),
            Case(
                "disks[hda].encryption",
                {"format": "luks", "secrets": [{"uuid": UUIDS[0]}]},
                {"format": "luks", "engine": "qemu", "secrets": [{"uuid": UUIDS[1]}]},
                changes=(f"disks[hda].encryption.secrets[{UUIDS[0]}]", f"disks[hda].encryption.secrets[{UUIDS[1]}]"),
                running=False,
            ),
        ),
    ),
    Part(
        "disk-sources",
        {
            "memory_backing": {"source": "memfd", "access": "shared"},  # for vhost-user
            "disks": [
                *({"target": f"vd{letter}"} for letter in "abcdehikmo"),
                {"target": "vdj", "driver": {"type": "fat"}, "readonly": True},
                {"target": "sda", "device": "cdrom", "bus": "sata"},
                {"target": "sdb", "device": "lun", "bus": "scsi"},
            ],
        },
        (
            source(
                "vda",
                {
                    "protocol": "nbd",
                    "name": "two",
                    "tls": True,
                    "tls_hostname": "one.example",
                    "hosts": [{"name": "192.0.2.1", "port": 10810}],
                },
                {"protocol": "nbd", "name": "one", "hosts": [{"transport": "unix", "socket": "/run/nbd"}]},
            ),
            source(
                "vdo",
                {"protocol": "http", "name": "one", "hosts": [{"name": "192.0.2.1", "port": 80}]},
                {"protocol": "ftp", "name": "one", "hosts": [{"name": "192.0.2.1", "port": 21}]},
            ),
            source(
                "vdb",
                {"protocol": "rbd", "name": "pool/one"},
                {
                    "protocol": "rbd",
                    "name": "pool/two",
                    "snapshot": "law",
                    "config": "/etc/ceph/law.conf",
                    "hosts": [{"name": "192.0.2.1"}, {"name": "192.0.2.2", "port": 6789}],
                    "auth": {"username": "law", "secret": {"type": "ceph", "uuid": UUIDS[0]}},
                },
            ),
            source(
                "vdc",
                {"protocol": "iscsi", "name": "iqn.2026-01.example:one/1", "hosts": [{"name": "192.0.2.1"}]},
                {
                    "protocol": "iscsi",
                    "name": "iqn.2026-01.example:one/2",
                    "hosts": [{"name": "192.0.2.1", "port": 3260}],
                    "initiator": "iqn.2026-01.example:host",
                    "auth": {"username": "law", "secret": {"type": "iscsi", "usage": "law"}},
                },
            ),
            source(
                "vdd",
                {"protocol": "https", "name": "one", "hosts": [{"name": "one.example", "port": 443}]},
                {
                    "protocol": "https",
                    "name": "two",
                    "query": "a=b",
                    "ssl_verify": False,
                    "readahead": "64KiB",
                    "timeout": 10,
                    "hosts": [{"name": "one.example", "port": 8443}],
                },
            ),
            source(
                "vde",
                {"protocol": "nfs", "name": "/one", "hosts": [{"name": "192.0.2.1"}], "identity": {"user": "law"}},
                {
                    "protocol": "nfs",
                    "name": "/two",
                    "hosts": [{"name": "192.0.2.1"}],
                    "identity": {"user": "root", "group": "root"},
                },
            ),
            source(
                "vdh",
                {"pool": "law", "volume": "one", "mode": "host"},
                {"pool": "law", "volume": "one", "mode": "direct"},
            ),
            source(
                "vdi",
                {"namespace": 1, "managed": True, "address": {"domain": 0, "bus": 1, "slot": 0, "function": 0}},
                {"namespace": 2, "managed": False, "address": {"domain": 1, "bus": "0x02", "slot": 3, "function": 1}},
            ),
            source("vdj", {"dir": "/one"}, {"dir": "/two"}),
            source(
                "vdk",
                {"path": "/run/one"},
                {"path": "/run/two", "reconnect": {"enabled": True, "timeout": 10}},
            ),
            source(
                "vdm",
                {"file": "/one"},
                {
                    "file": "/two",
                    "fdgroup": "law",
                    "slice": {"offset": 512, "size": "1MiB"},
                    "seclabels": [{"model": "dac", "relabel": True, "label": "law"}],
                    "encryption": {
                        "format": "luks",
                        "engine": "qemu",
                        "secrets": [{"usage": "law"}],
                    },
                },
            ),
            source("sda", {"file": "/one"}, {"file": "/one", "startup_policy": "optional"}),
            source(
                "sdb",
                {"dev": "/dev/one", "reservations": {"managed": True}},
                {"dev": "/dev/one", "reservations": {"managed": False, "path": "/run/pr"}},
            ),
        ),
    ),
    Part(
        "disk-sources-new",
        {
            "memory_backing": {"source": "memfd", "access": "shared"},
            "disks": [*({"target": f"vd{letter}"} for letter in "fgn"), {"target": "vdl", "driver": {"cache": "none"}}],
        },
        (
            source(
                "vdf",
                {"protocol": "ssh", "name": "/one", "hosts": [{"name": "192.0.2.1", "port": 22}]},
                {
                    "protocol": "ssh",
                    "name": "/two",
                    "hosts": [{"name": "192.0.2.1", "port": 22}],
                    "known_hosts": "/etc/ssh/known",
                    "identity": {"username": "law", "keyfile": "/etc/ssh/key"},
                },
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            source(
                "vdg",
                {"protocol": "ssh", "name": "/one", "hosts": [{"name": "192.0.2.1", "port": 22}]},
                {
                    "protocol": "ssh",
                    "name": "/two",
                    "hosts": [{"name": "192.0.2.1", "port": 22}],
                    "identity": {"username": "law", "agentsock": "/run/agent"},
                },
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            source(
                "vdn",
                {"protocol": "nbd", "name": "one", "hosts": [{"name": "192.0.2.1"}]},
                {
                    "protocol": "nbd",
                    "name": "one",
                    "hosts": [{"name": "192.0.2.1"}],
                    "tls": True,
                    "tls_hostname": "one.example",
                    "reconnect": {"delay": 10},
                },
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
            source(
                "vdl",
                {"vhostvdpa": "/dev/one"},
                {"vhostvdpa": "/dev/two"},
                refused_on=("bookworm",),
                refusal="domain.rng",
            ),
        ),
    ),
)
