# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest *tiny*: a Debian kernel and an initramfs of busybox and the guest agent, up within seconds.

The kernel is Debian 12's: that of Debian 13 refuses to take a processor into use that is plugged in without KVM.
128 MiB are enough for it, 192 where memory can be plugged in (Linux then sets aside a buffer for memory above 4 GiB).
"""

from __future__ import annotations

import lzma
import re
import shutil
import struct
import tempfile
from pathlib import Path

from hvlab.commands import install_missing, run
from hvlab.debs import Release

PACKAGES = ["busybox-static", "linux-image-amd64", "qemu-guest-agent"]

# What a guest under test may be given; loaded when it is there, or asked for.
MODULES = [
    *("virtio_pci", "virtio_blk", "virtio_scsi", "virtio_net", "virtio_console", "virtio_rng", "virtio_balloon"),
    *("virtio_mem", "vmw_vsock_virtio_transport", "virtiofs", "9p", "9pnet_virtio"),
    *("ahci", "ata_piix", "nvme", "sd_mod", "sr_mod", "uhci_hcd", "ehci_pci", "xhci_pci", "usb_storage"),
    *("e1000", "e1000e", "8139cp"),
    *("button", "evdev"),  # acpid reads the power button through evdev
    *("i6300esb", "pvpanic_pci"),
    *("ext4", "crc32c_generic", "isofs"),
]


def build(release: Release, files: Path, into: Path) -> None:
    """Make vmlinuz, vmlinux and initrd.img."""
    install_missing({"cpio": "cpio", "zstd": "zstd", "dpkg-deb": "dpkg"})
    with tempfile.TemporaryDirectory(dir=into) as work:
        unpacked, root = Path(work, "unpacked"), Path(work, "root")
        release.extract(PACKAGES, unpacked)
        (kernel,) = (unpacked / "boot").glob("vmlinuz-*")
        shutil.copy(kernel, into / "vmlinuz")
        (into / "vmlinux").write_bytes(_unpacked(kernel.read_bytes()))
        _lay_out(root, files)
        _install_busybox(unpacked, root)
        _install_agent(unpacked, root)
        _install_modules(unpacked, root)
        _pack(root, into / "initrd.img")


def _unpacked(kernel: bytes) -> bytes:
    """The kernel itself, by Linux's boot protocol: QEMU starts it as it is. To unpack takes an emulated one seconds."""
    setup_sectors = kernel[0x1F1]
    offset, length = struct.unpack_from("<II", kernel, 0x248)
    begin = (setup_sectors + 1) * 512 + offset
    return lzma.decompress(kernel[begin : begin + length - 4])  # behind it, its size


def _lay_out(root: Path, files: Path) -> None:
    shutil.copytree(files, root)
    for directory in ("dev", "proc", "sys", "run", "tmp", "root", "mnt", "usr/bin", "usr/lib64"):
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
    loader = libraries / "ld-linux-x86-64.so.2"
    # The packages' own loader names each library with its path; itself, which is at a path of its own, without.
    for library in re.findall(r"=> (\S+)", run([loader, "--list", "--library-path", libraries, agent])):
        shutil.copy(library, root / "usr/lib")
    shutil.copy(loader, root / "usr/lib64")


def _install_modules(unpacked: Path, root: Path) -> None:
    """The modules and what they need, with the tables by which modprobe finds them."""
    (tree,) = (unpacked / "usr/lib/modules").iterdir()
    paths = {path.stem.replace("-", "_"): path for path in tree.rglob("*.ko")}
    into = root / "usr/lib/modules" / tree.name
    into.mkdir(parents=True)
    wanted = list(MODULES)
    for name in wanted:  # grows on the way
        module = paths[name].read_bytes()
        (into / f"{name}.ko").write_bytes(module)
        wanted += [needed for needed in _needs(module) if needed not in wanted]
    run([root / "usr/bin/busybox", "depmod", "-b", root, tree.name])


def _needs(module: bytes) -> list[str]:
    """The modules that must be loaded before this one, as it says itself (modinfo)."""
    found = re.search(rb"\0depends=([^\0]*)\0", module)
    return [name.replace("-", "_") for name in found[1].decode().split(",") if name] if found else []


def _pack(root: Path, initrd: Path) -> None:
    archive = initrd.with_suffix(".cpio")
    # sorted: the order of the names does not depend on the file system that the image is built on
    script = 'cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -F "$2"'
    run(["sh", "-c", script, "sh", root, archive])
    run(["zstd", "-q", "-19", "--rm", archive, "-o", initrd])
