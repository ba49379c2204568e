# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest *debian*: a cloud image of a Debian release, with systemd, cloud-init, openssh and the guest agent.

A GPT disk as Debian's own cloud images have it: it boots by itself through BIOS and through UEFI (also with Secure
Boot), and its root is the last partition, so that it can grow. Nothing is mounted and no loop device is used to make
it: the file systems are written into the disk image where the partitions are.
"""

from __future__ import annotations

import shutil
import struct
import uuid
from pathlib import Path
from typing import NamedTuple

from hvlab.commands import install_missing, run
from hvlab.debs import Release, machine_settings

PACKAGES = [
    "ca-certificates",
    "cloud-guest-utils",
    "cloud-init",
    "dbus",
    "e2fsprogs",
    "fdisk",
    "grub-efi-amd64-signed",
    "grub-pc-bin",
    "grub2-common",
    "initramfs-tools",
    "iproute2",
    "iputils-ping",
    "kmod",
    "less",
    "libpam-systemd",
    "linux-image-cloud-amd64",
    "netbase",
    "openssh-server",
    "procps",
    "python3-apt",
    "qemu-guest-agent",
    "shim-signed",
    "sudo",
    "systemd-resolved",
    "systemd-sysv",
    "systemd-timesyncd",
    "udev",
    "zstd",
]

SECTOR = 512
MIB = 1024 * 1024
SIZE = 3 * 1024 * MIB


class Partition(NamedTuple):
    start: int
    size: int


BIOS_BOOT = Partition(1 * MIB, 1 * MIB)
EFI_SYSTEM = Partition(2 * MIB, 14 * MIB)
ROOT = Partition(16 * MIB, SIZE - 17 * MIB)  # the last MiB has the backup of the partition table

ROOT_UUID = str(uuid.uuid5(uuid.NAMESPACE_URL, "hypervise.kvm lab image debian"))


def build(release: Release, files: Path, into: Path) -> None:
    """Make disk.qcow2."""
    install_missing(
        {
            "mcopy": "mtools",
            "mkfs.ext4": "e2fsprogs",
            "mmdebstrap": "mmdebstrap",
            "qemu-img": "qemu-utils",
            "sfdisk": "fdisk",
        }
    )
    root, disk = into / "root", into / "disk.raw"
    _install_packages(release, files, root, into)
    _configure(root)
    _configure_boot(root)
    _partition(disk)
    _make_efi_system(root, disk)
    _make_bios_boot(root, disk)
    _make_root(root, disk)
    run(["qemu-img", "convert", "-O", "qcow2", "-c", "-o", "compression_type=zstd", disk, into / "disk.qcow2"])
    shutil.rmtree(root)
    disk.unlink()


def _install_packages(release: Release, files: Path, root: Path, work: Path) -> None:
    """Our own files are laid under the packages: the initramfs is made by one of these."""
    sources = work / "debian.list"
    sources.write_text(release.sources())
    unwanted = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "info", "locale", "man")]
    run(
        ["mmdebstrap", "--quiet", "--mode=root", "--format=directory", "--variant=minbase", *unwanted,
         f'--essential-hook=cp --recursive --no-preserve=mode --no-target-directory "{files}" "$1"',
         f"--include={','.join(PACKAGES)}", release.codename, root, sources],
        sandbox=True,
    )  # fmt: skip
    sources.unlink()


def _configure(root: Path) -> None:
    (root / "etc/fstab").write_text(f"UUID={ROOT_UUID} / ext4 errors=remount-ro,x-systemd.growfs 0 1\n")
    (root / "etc/apt/apt.conf.d/90lab").write_text(machine_settings())
    (root / "etc/default/locale").write_text("LANG=C.UTF-8\n")
    (root / "etc/hostname").write_text("debian\n")
    (root / "etc/machine-id").write_text("uninitialized\n")  # each guest gets its own
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    systemctl = ["chroot", str(root), "systemctl", "--quiet"]
    run([*systemctl, "enable", "systemd-networkd"])
    run([*systemctl, "mask", "apt-daily.timer", "apt-daily-upgrade.timer"])  # they would compete with the tests


def _partition(disk: Path) -> None:
    with disk.open("wb") as image:
        image.truncate(SIZE)
    # The numbers that Debian's cloud images give them, the types that firmware, GRUB and systemd know them by.
    partitions = {
        1: (ROOT, "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"),
        14: (BIOS_BOOT, "21686148-6449-6E6F-744E-656564454649"),
        15: (EFI_SYSTEM, "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"),
    }
    table = "label: gpt\n" + "".join(
        f"{number}: start={place.start // SECTOR}, size={place.size // SECTOR}, type={kind}\n"
        for number, (place, kind) in partitions.items()
    )
    run(["sfdisk", "--quiet", disk], text=table)


def _configure_boot(root: Path) -> None:
    """The menu, which update-grub in the guest replaces, and the way to it."""
    grub = root / "boot/grub"
    grub.mkdir()
    (grub / "find.cfg").write_text(f"search.fs_uuid {ROOT_UUID} root\nset prefix=($root)/boot/grub\nnormal\n")
    (grub / "grub.cfg").write_text(
        "serial --speed=115200\n"
        "terminal_input console serial\n"
        "terminal_output console serial\n"
        "set timeout=1\n"
        "menuentry Debian {\n"
        f"    linux /vmlinuz root=UUID={ROOT_UUID} ro console=tty0 console=ttyS0,115200\n"
        "    initrd /initrd.img\n"
        "}\n"
    )


def _make_efi_system(root: Path, disk: Path) -> None:
    """Shim and Debian's signed GRUB, where firmware looks on a disk that it does not know."""
    partition = ["-i", f"{disk}@@{EFI_SYSTEM.start}"]
    run(["mformat", *partition, "-T", str(EFI_SYSTEM.size // SECTOR), "-v", "EFI", "::"])
    run(["mmd", *partition, "::/EFI", "::/EFI/BOOT", "::/EFI/debian"])
    run(["mcopy", *partition, root / "usr/lib/shim/shimx64.efi.signed", "::/EFI/BOOT/BOOTX64.EFI"])
    run(["mcopy", *partition, root / "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed", "::/EFI/BOOT/grubx64.efi"])
    run(["mcopy", *partition, root / "boot/grub/find.cfg", "::/EFI/debian/grub.cfg"])  # where the signed GRUB looks


def _make_bios_boot(root: Path, disk: Path) -> None:
    """What grub-install does, which cannot be told to do it in a file: boot sector -> core -> modules in the root."""
    modules = root / "usr/lib/grub/i386-pc"
    (root / "boot/grub/i386-pc").mkdir()
    for path in (*modules.glob("*.mod"), *modules.glob("*.lst")):
        shutil.copy(path, root / "boot/grub/i386-pc")
    core = root / "boot/grub/i386-pc/core.img"
    built_in = ["biosdisk", "ext2", "normal", "part_gpt", "search_fs_uuid"]
    make = ["grub-mkimage", "--format=i386-pc", "--prefix=/boot/grub", "--config=/boot/grub/find.cfg"]
    run(["chroot", root, *make, f"--output=/{core.relative_to(root)}", *built_in])
    sector = BIOS_BOOT.start // SECTOR
    with disk.open("r+b") as image:
        image.write((modules / "boot.img").read_bytes()[:440])  # behind these is the partition table
        image.seek(0x5C)  # the boot sector's pointer to the first sector of the core ...
        image.write(struct.pack("<Q", sector))
        image.seek(BIOS_BOOT.start)
        image.write(core.read_bytes())
        image.seek(BIOS_BOOT.start + 0x1F4)  # ... and that one's to the rest of it
        image.write(struct.pack("<Q", sector + 1))


def _make_root(root: Path, disk: Path) -> None:
    # Debian 12's GRUB does not know the newest features of ext4.
    options = ["-O", "^metadata_csum_seed,^orphan_file", "-U", ROOT_UUID, "-m", "1"]
    extended = f"offset={ROOT.start},lazy_itable_init=0,lazy_journal_init=0"
    run(["mkfs.ext4", "-q", *options, "-E", extended, "-d", root, disk, f"{ROOT.size // 1024}k"])
