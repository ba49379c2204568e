# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest *tiny*: Debian's cloud kernel and an initramfs of busybox and the guest agent, up within seconds."""

from __future__ import annotations

import lzma
import re
import shutil
import tempfile
from pathlib import Path

from hvlab.commands import install_missing, run
from hvlab.debs import Release

PACKAGES = ["busybox-static", "linux-image-cloud-amd64", "qemu-guest-agent"]

# What this kernel has as modules and a guest under test may need; virtio, its console, virtiofs, NVMe, ext4 and PCI
# hotplug are built in.
MODULES = [
    "ahci",
    "ata_piix",
    "button",
    "evdev",  # acpid reads the power button through it
    "i6300esb",
    "isofs",
    "pvpanic-pci",
    "sd_mod",
    "sr_mod",
    "virtio-rng",
    "virtio_balloon",
    "virtio_blk",
    "virtio_mem",
    "virtio_net",
    "virtio_scsi",
    "vmw_vsock_virtio_transport",
]


def build(release: Release, files: Path, into: Path) -> None:
    """Make vmlinuz and initrd.img."""
    install_missing({"cpio": "cpio", "zstd": "zstd", "dpkg-deb": "dpkg"})
    with tempfile.TemporaryDirectory(dir=into) as work:
        unpacked, root = Path(work, "unpacked"), Path(work, "root")
        release.extract(PACKAGES, unpacked)
        (kernel,) = (unpacked / "boot").glob("vmlinuz-*")
        shutil.copy(kernel, into / "vmlinuz")
        _lay_out(root, files)
        _install_busybox(unpacked, root)
        _install_agent(unpacked, root)
        _install_modules(next((unpacked / "usr/lib/modules").iterdir()), root)
        _pack(root, into / "initrd.img")


def _lay_out(root: Path, files: Path) -> None:
    shutil.copytree(files, root)
    for directory in ("dev", "proc", "sys", "run", "tmp", "root", "mnt", "usr/bin", "usr/lib/modules", "usr/lib64"):
        (root / directory).mkdir(parents=True, exist_ok=True)
    for link, target in {"bin": "usr/bin", "sbin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64"}.items():
        (root / link).symlink_to(target)
    (root / "usr/sbin").symlink_to("bin")
    (root / "var").mkdir()
    (root / "var/run").symlink_to("/run")


def _install_busybox(unpacked: Path, root: Path) -> None:
    busybox = shutil.copy(unpacked / "usr/bin/busybox", root / "usr/bin/busybox")
    for applet in run([busybox, "--list"]).split():
        if not (root / "usr/bin" / applet).exists():
            (root / "usr/bin" / applet).symlink_to("busybox")
    (root / "init").symlink_to("usr/bin/busybox")


def _install_agent(unpacked: Path, root: Path) -> None:
    agent = shutil.copy(unpacked / "usr/sbin/qemu-ga", root / "usr/bin/qemu-ga")
    libraries = unpacked / "usr/lib/x86_64-linux-gnu"
    # The packages' own loader names the libraries, each by its path; itself it is the one without "=>".
    loader = unpacked / "usr/lib64/ld-linux-x86-64.so.2"
    listed = run([loader.resolve(), "--list", "--library-path", libraries, agent])
    for library in re.findall(r"=> (\S+)", listed):
        shutil.copy(library, root / "usr/lib")
    shutil.copy(loader.resolve(), root / "usr/lib64/ld-linux-x86-64.so.2")


def _install_modules(tree: Path, root: Path) -> None:
    """The modules and what they need, unpacked (busybox unpacks none), with the order to load them in."""
    paths = {_name(path): path for path in tree.rglob("*.ko*")}
    order: list[str] = []

    def add(name: str) -> None:
        if f"{name}.ko" in order:
            return
        module = lzma.decompress(paths[name].read_bytes())
        for needed in _needs(module):
            add(needed)
        (root / "usr/lib/modules" / f"{name}.ko").write_bytes(module)
        order.append(f"{name}.ko")

    for name in MODULES:
        add(name.replace("-", "_"))
    (root / "usr/lib/modules/order").write_text("".join(f"{name}\n" for name in order))


def _name(path: Path) -> str:
    return path.name.split(".")[0].replace("-", "_")


def _needs(module: bytes) -> list[str]:
    """The modules that must be loaded before this one, as it says itself."""
    found = re.search(rb"\0depends=([^\0]*)\0", module)
    return [name.replace("-", "_") for name in found[1].decode().split(",") if name] if found else []


def _pack(root: Path, initrd: Path) -> None:
    archive = initrd.with_suffix(".cpio")
    # sorted: the order of the names does not depend on the file system that the image is built on
    script = 'cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -F "$2"'
    run(["sh", "-c", script, "sh", root, archive])
    run(["zstd", "-q", "-19", "--rm", archive, "-o", initrd])
