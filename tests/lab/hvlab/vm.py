# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that are virtual machines: a kernel of their own, for what containers cannot do (LVM, NFS, iSCSI, modules)."""

from __future__ import annotations

import io
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hvlab import image_debian, images, roots
from hvlab.commands import install_missing, run
from hvlab.hosts import Extras, File, Host

_FILES = Path(__file__).parent / "vm_files"
_DISK_SIZE = "10G"
_EXTRA_DISK_SIZE = 1 << 30
_MEMORY = "1536M"
_PROCESSORS = 2


@dataclass(frozen=True)
class VM(Host):
    """The guest image *debian* on a disk of its own, emulated: it needs no KVM, and takes its time."""

    kind = "vm"
    interface = "en*"
    boot_timeout = 400

    def create(self, extras: Extras) -> None:
        install_missing({"qemu-system-x86_64": "qemu-system-x86", "qemu-img": "qemu-utils", "sfdisk": "fdisk"})
        image = images.build("debian" if self.release == "trixie" else f"debian-{self.release}")
        run(["qemu-img", "convert", "-O", "raw", image, self._disk])
        run(["qemu-img", "resize", "-q", "-f", "raw", self._disk, _DISK_SIZE])
        with tempfile.TemporaryDirectory(dir=self.directory) as work:
            archive, mount_point = Path(work, "files.tar"), Path(work, "root")
            _pack(self.files(), archive)
            mount_point.mkdir()
            offset = str(image_debian.ROOT.start)
            downloads = roots.archive_directory(self.release)
            (downloads / "partial").mkdir(parents=True, exist_ok=True)
            fill: list[str | Path] = [_FILES / "fill-disk", self._disk, offset, archive, mount_point, downloads]
            run([*fill, *extras.packages], sandbox=True)
        for number in range(extras.disks):
            with (self.directory / f"extra{number}.raw").open("wb") as disk:
                disk.truncate(_EXTRA_DISK_SIZE)

    def files(self) -> dict[str, File]:
        """All that cloud-init would do is done by these; and installing packages is made bearable."""
        return {
            **super().files(),
            "/etc/cloud/cloud-init.disabled": File(""),
            "/etc/dpkg/dpkg.cfg.d/lab": File("force-unsafe-io\n"),
            # Making an initramfs takes minutes, and the one that is there does.
            "/etc/initramfs-tools/update-initramfs.conf": File("update_initramfs=no\n"),
        }

    @property
    def _disk(self) -> Path:
        return self.directory / "disk.raw"

    def command(self) -> list[str]:
        options = {
            "name": self.name,
            "machine": "q35",
            "accel": "tcg,thread=multi",
            "cpu": "qemu64,-svm",  # a /dev/kvm within the emulation would be of no use
            "smp": str(_PROCESSORS),
            "m": _MEMORY,
            "drive": f"if=virtio,format=raw,discard=unmap,file={self._disk}",
            "netdev": f"tap,id=lab,ifname={self.port},script={_FILES / 'attach-port'},downscript=no",
            "device": f"virtio-net-pci,netdev=lab,mac={self.mac}",
            "object": "rng-random,id=rng,filename=/dev/urandom",
            "serial": "stdio",
            "display": "none",
        }
        arguments = [part for name, value in options.items() for part in (f"-{name}", value)]
        for disk in sorted(self.directory.glob("extra*.raw")):
            arguments += ["-drive", f"if=virtio,format=raw,discard=unmap,file={disk}"]
        return ["env", f"BRIDGE={self.lab.network.bridge}", "qemu-system-x86_64", "-nodefaults", *arguments]


def _pack(files: dict[str, File], archive: Path) -> None:
    with tarfile.open(archive, "w") as tar:
        for path, file in files.items():
            content = file.content.encode()
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(content), file.mode
            tar.addfile(entry, io.BytesIO(content))
