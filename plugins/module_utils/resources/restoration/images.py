# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making an image of one in a repository: one that rests on nothing, or on that. qemu-img does the work."""

from __future__ import annotations

import re
import subprocess
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs import report
from ansible_collections.hypervise.kvm.plugins.module_utils.jobs.stats import Progress
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.images import qemu_img

_PERCENT = re.compile(rb"\((\d+(?:\.\d+)?)/100%\)")


def convert(source: str, target: str, form: str, options: t.Mapping[str, t.Any], size: int, in_place: bool) -> None:
    """Write what a guest would read from an image into another one.

    The program ends with this process, however that ends: nobody writes there when the next one begins anew.

    :arg options: of the new image, as C(qemu-img info) tells them.
    :arg size: of what is read, in bytes.
    :arg in_place: the target is there, and is written to as it is: a device.
    :raises OperationFailed: with what qemu-img said.
    """
    command = ["setpriv", "--pdeathsig", "KILL", "qemu-img", "convert", "-p", "-f", "qcow2", "-O", form]
    for name, value in options.items():
        word = ("on" if value else "off") if isinstance(value, bool) else value
        command += ["-o", f"{name.replace('-', '_')}={word}"]
    command += [*(["-n"] if in_place else []), source, target]
    begun = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        told, errors = t.cast("t.IO[bytes]", run.stdout), t.cast("t.IO[bytes]", run.stderr)
        for percent in _percents(told):
            passed = time.monotonic() - begun
            done = int(size * percent / 100)
            report.tell(target, Progress("restore", passed, size, done, size - done, int(done / passed), 0))
        said = errors.read().decode(errors="replace").strip().splitlines()
    if run.returncode:
        raise OperationFailed(f"{' '.join(command)} failed: {said[-1] if said else run.returncode}.")


def overlay(source: str, target: str) -> None:
    """Make an image that has nothing itself, and rests on another one."""
    qemu_img("create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", source, target)


def _percents(told: t.IO[bytes]) -> t.Iterator[float]:
    """Return how much is done, every two seconds."""
    last = time.monotonic()
    rest = b""
    while piece := told.read1(4096):  # type: ignore[attr-defined]
        found = _PERCENT.findall(rest + piece)
        rest = piece[-16:]
        if found and time.monotonic() - last >= 2:
            last = time.monotonic()
            yield float(found[-1])
