# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts that are systemd-nspawn containers: systemd as PID 1, the machine's kernel, a disk that is an overlay."""

from __future__ import annotations

import contextlib
import json
import uuid
from dataclasses import dataclass
from pathlib import Path

from hvlab import archives, roots, supervisor
from hvlab.commands import run, succeeds
from hvlab.errors import LabError
from hvlab.hosts import Extras, File, Host

_PRODUCT_UUID = Path("/sys/devices/virtual/dmi/id/product_uuid")
_LAUNCH = Path(__file__).parent / "host_files" / "launch-container"


@dataclass(frozen=True)
class Container(Host):
    """A container with every capability: as far as its kernel allows, libvirt and QEMU find a plain server."""

    kind = "container"
    interface = "host0"
    boot_timeout = 120

    def create(self, extras: Extras) -> None:
        if extras != Extras():
            raise LabError("a container has neither packages nor disks of its own from the start; a VM can")
        root = roots.ready(self.release)
        (self.directory / "lower").symlink_to(root)  # keeps it from being dropped as unused
        for name in ("upper", "work", "root"):
            (self.directory / name).mkdir()
        for path, file in self.files().items():
            self._write(root, path, file)
        self._make_parents(root, self.archive_directory / "any")
        archives.share(roots.archive_directory(self.release), self.archive_directory)

    @property
    def archive_directory(self) -> Path:
        """Where apt in the host keeps the packages it downloaded."""
        return self.directory / "upper/var/cache/apt/archives"

    def files(self) -> dict[str, File]:
        """libvirt does not migrate between hosts with one hardware UUID: each gets its own, where there is any."""
        files = super().files()
        if _PRODUCT_UUID.exists():
            files["/etc/product_uuid"] = File(f"{uuid.uuid4()}\n", 0o400)
            files["/etc/fstab"] = File(f"/etc/product_uuid {_PRODUCT_UUID} none bind 0 0\n")
        return files

    def _write(self, root: Path, path: str, file: File) -> None:
        target = self.directory / "upper" / path.lstrip("/")
        self._make_parents(root, target)
        target.write_text(file.content)
        target.chmod(file.mode)

    def _make_parents(self, root: Path, target: Path) -> None:
        """On an overlay the upper directory's mode is the one that counts: make it that of the root's."""
        upper = self.directory / "upper"
        for parent in reversed(target.relative_to(upper).parents):
            made, original = upper / parent, root / parent
            made.mkdir(exist_ok=True)
            made.chmod(original.stat().st_mode & 0o7777 if original.exists() else 0o700)

    def command(self) -> list[str]:
        settings = {"SYSTEMD_SECCOMP": "0", "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        return [
            "env",
            *(f"{name}={value}" for name, value in settings.items()),
            str(_LAUNCH),
            str(self.directory),
            str(self._device_note),
            "--quiet",
            "--boot",
            # nspawn names the port after the machine, and makes it again when the host reboots.
            f"--machine={self.port.removeprefix('vb-')}",
            f"--hostname={self.name}",
            f"--network-bridge={self.lab.network.bridge}",
            "--capability=all",
            "--keep-unit",
            "--register=no",
            "--link-journal=no",
            "--resolv-conf=off",
            "--timezone=off",
        ]

    @property
    def _device_note(self) -> Path:
        return self.lab.runtime / f"{self.name}.device"

    def power_off(self) -> None:
        self._note_devices()
        super().power_off()

    def released(self) -> None:
        release_loop_devices(self._device_note)

    def _note_devices(self) -> None:
        """Add the file systems that were mounted in the host, such as its /tmp, to the note of its disk."""
        seen = {device for pid in supervisor.processes(self.unit) for device in _mounted(pid)}
        if own := seen - _mounted("self"):
            with self._device_note.open("a") as note:
                note.writelines(f"{device}\n" for device in own)


def release_loop_devices(note: Path) -> None:
    """Detach the loop devices on files of a dead host; the note holds the numbers of its file systems."""
    with contextlib.suppress(FileNotFoundError):
        devices = note.read_text().split()
        listed = run(["losetup", "--json", "--output", "NAME,BACK-MAJ:MIN"])
        for loop in json.loads(listed or "{}").get("loopdevices", []):
            if loop["back-maj:min"].strip() in devices:
                succeeds("losetup", "--detach", loop["name"])
        note.unlink()


def _mounted(pid: str) -> set[str]:
    """The numbers of the file systems that a process sees."""
    try:
        return {line.split()[2] for line in Path("/proc", pid, "mountinfo").read_text().splitlines()}
    except OSError:  # it ended
        return set()
