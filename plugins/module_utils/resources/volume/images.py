# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in files: what one is, made another, made larger. qemu-img does the work."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import struct
import subprocess
import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed, Refused

BLKZEROOUT = 0x127F  # linux/fs.h
ALIGNMENT = 4096  # bytes of the largest sectors

#: What files begin with that are no images themselves.
WRAPPINGS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\3\4": "zip",
}


@dataclass(frozen=True)
class Image:
    """What a file holds."""

    format: str
    size: int  # as a guest sees it
    features: t.Mapping[str, str] = field(default_factory=dict)  # of qcow2, in the words of qemu-img


def examine(path: str, expected: str = "") -> Image:
    """Return what an image is.

    It may be probed only as whatever it says of itself can do no harm: one that leads to other files is refused.

    :arg expected: the format that its user takes it for.
    :raises Refused: where it is another, is broken, or is not whole in itself.
    """
    told = _info(path)
    found = t.cast(str, told["format"])
    if expected and found != expected:
        raise Refused(
            f"content.format: the content is {found}, not {expected}.",
            "State what it is, and the format the volume is to have with the option 'format'.",
            option="content.format",
        )
    others = sorted(_others(told, path))
    if others:
        raise Refused(
            f"content: the image is not whole in itself, it leads to {', '.join(others)}.",
            "Make one of it first with qemu-img convert, or layer the volume with backing_store.",
            option="content",
        )
    if told.get("encrypted"):
        raise Refused("content: the image is encrypted.", "Decrypt it first with qemu-img convert.", option="content")
    if found in ("qcow2", "qed", "vdi"):
        _check(path, found)
    return Image(found, told["virtual-size"], _features(told) if found == "qcow2" else {})


def _info(path: str) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads(_run(["qemu-img", "info", "--output=json", path])))


def _features(told: t.Mapping[str, t.Any]) -> dict[str, str]:
    data = told["format-specific"]["data"]
    return {
        "compat": data["compat"],
        "cluster_size": word(told["cluster-size"]),
        "lazy_refcounts": word(data.get("lazy-refcounts", False)),
        "extended_l2": word(data.get("extended-l2", False)),
    }


def word(value: t.Any) -> str:
    """Return a value as qemu-img calls it."""
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _others(told: t.Mapping[str, t.Any], path: str) -> t.Iterator[str]:
    """Return the other files that an image needs: they would be opened, whatever they are."""
    if told.get("backing-filename"):
        yield told["backing-filename"]
    specific = told.get("format-specific", {}).get("data", {})
    if specific.get("data-file"):
        yield specific["data-file"]
    for extent in specific.get("extents", ()):  # of VMDK
        if extent.get("filename") != path:
            yield extent["filename"]


def _check(path: str, kind: str) -> None:
    done = subprocess.run(
        ["qemu-img", "check", "-q", "-f", kind, path], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode not in (0, 3):  # 3: space is lost, and nothing else
        raise Refused("content: the image is broken.", _last_line(done.stdout + done.stderr), option="content")


def refuse_packed(path: str) -> None:
    """Refuse what looks like no image, as it is one in a wrapping that nobody took off.

    :raises Refused: with what it is.
    """
    with open(path, "rb") as file:
        begins = file.read(max(map(len, WRAPPINGS)))
    for magic, name in WRAPPINGS.items():
        if begins.startswith(magic):
            raise Refused(
                f"content.compression: the content is compressed ({name}), and its name does not say so.",
                "State how, or 'none' if the volume is to hold it so; what no option takes off, decompress first.",
                option="content.compression",
            )


def convert(source: str, image: Image, target: str, kind: str, options: t.Mapping[str, str]) -> None:
    """Write an image as another of a format, without what is below it."""
    settings = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    _run(["qemu-img", "convert", "-q", "-U", "-f", image.format, "-O", kind, *settings, source, target])


def are_same(path: str, kind: str, other: str, other_kind: str) -> bool:
    """Tell whether a guest would see the same in two images."""
    command = ["qemu-img", "compare", "-U", "-f", kind, "-F", other_kind, path, other]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0 and b"size mismatch" not in done.stdout + done.stderr  # zeros beyond an end are more


def write_into(source: str, image: Image, device: str) -> None:
    """Write an image into a block device, with zeros behind it, and have all of it on the disk.

    :raises Refused: where the host itself has come to use the device.
    """
    try:
        held = os.open(device, os.O_RDWR | os.O_EXCL)  # nobody mounts it meanwhile
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        raise Refused(f"content: the host itself uses {device}.", "Stop that first.", option="content") from error
    try:
        _run(["qemu-img", "convert", "-q", "-n", "-f", image.format, "-O", "raw", source, device])
        _zero(held, image.size)
        os.fsync(held)
    finally:
        os.close(held)


def _zero(device: int, start: int) -> None:
    """Write zeros from a place to the end of a device: what was there would be found by who looks for it."""
    aligned, end = units.round_up(start, ALIGNMENT), os.lseek(device, 0, os.SEEK_END)
    os.pwrite(device, bytes(min(aligned, end) - min(start, end)), start)
    if aligned < end:
        fcntl.ioctl(device, BLKZEROOUT, struct.pack("QQ", aligned, end - aligned))


def enlarge(path: str, kind: str, size: int, preallocation: str = "off") -> None:
    """Make an image larger."""
    _run(["qemu-img", "resize", "-q", "-f", kind, f"--preallocation={preallocation}", path, str(size)])


def _run(command: t.Sequence[str]) -> bytes:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise OperationFailed("There is no qemu-img on the host.", "Install the package qemu-utils.") from error
    except subprocess.CalledProcessError as error:
        raise OperationFailed(f"{' '.join(command[:2])} failed: {_last_line(error.stderr)}.") from error


def _last_line(said: bytes) -> str:
    return " ".join(said.decode(errors="replace").strip().splitlines()[-1:])
