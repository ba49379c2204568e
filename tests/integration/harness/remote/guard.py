# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sees every change that Python code makes to a host, below all code of the collection.

libvirt-python calls C functions; those that only read are listed here by how libvirt names them, and whatever is not
on the list counts as a change. This list is made without a look at the collection's own (connection.READERS), so that
a mistake there is found here. Files and processes are seen through Python's audit events.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import libvirtmod
import libvirtmod_lxc
import libvirtmod_qemu

#: C functions that change nothing, on the host or in a guest.
READS = re.compile(
    r"""
    virConnect(Open|OpenReadOnly|OpenAuth|Close|SetKeepAlive|SetIdentity)       # what a client is to the daemon
    | virConnect(Register|Unregister)CloseCallback
    | virConnect\w*Event(Register|Deregister)(Any)?
    | vir(Initialize|RegisterErrorHandler|ResetLastError|ConnGetLastError|ConnResetLastError|GetLastError\w*)
    | virEvent\w+                                                               # the client's own loop
    | vir[A-Z]\w*(Free|_pointer)
    | vir\w*LookupBy\w+
    | vir(Connect|Domain|DomainSnapshot|DomainCheckpoint|Network|StoragePool|Node|NodeDevice)(List|NumOf|Num)\w*
    | vir(Connect|Domain|Interface|Network|StoragePool|NodeDevice)Is[A-Z]\w*
    | vir([A-Z]\w*)?Get[A-Z]\w*
    | virConnect(Compare|Baseline)\w*
    | virConnectDomainXML(From|To)Native
    | virDomainHas(CurrentSnapshot|ManagedSaveImage)
    | virDomainSnapshot(Current|HasMetadata|IsCurrent)
    | virDomain(BlockStats|BlockStatsFlags|InterfaceStats|InterfaceAddresses|MemoryStats|BackupGetXMLDesc)
    """,
    re.VERBOSE,
)

#: Programs that change nothing, by the first words of their command line.
PROGRAMS = (
    ("qemu-img", "info"),
    ("qemu-img", "measure"),
    ("qemu-img", "check", "--output=json"),
    ("qemu-img", "compare"),
    ("blkid", "-p"),
    ("lvs", "--noheadings"),
    ("vgs", "--noheadings"),
)

#: What a manifest remembers and may be lost at any time, and where another repository's catalogue is for a while.
CACHE, CATALOGUE = "/var/cache/hypervise-kvm", "/tmp/hypervise-catalogue-"

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FILE_EVENTS = re.compile(
    r"os\.(chmod|chown|link|mkdir|remove|removexattr|rename|rmdir|setxattr|symlink|truncate|utime)|shutil\.\w+"
)
_PROCESS_EVENTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty")


class Violation(BaseException):
    """A change where none may be made. Not an Exception: no code of a module can mean to catch it."""


class Changes:
    """The changes made, in order, by name; what is done about one is the policy's to say."""

    def __init__(self, policy: Callable[[list[str]], None]) -> None:
        self.made: list[str] = []
        self._policy = policy

    def about_to(self, name: str) -> None:
        self.made.append(name)
        self._policy(self.made)


def record(_made: list[str]) -> None:
    """Let it happen."""


def refuse(made: list[str]) -> None:
    """Let nothing happen."""
    raise Violation(made[-1])


def die_at(number: int) -> Callable[[list[str]], None]:
    """Be killed right before the change of this number, counted from 1."""

    def policy(made: list[str]) -> None:
        if len(made) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return policy


def strike_at(number: int, striker: int) -> Callable[[list[str]], None]:
    """Let go, beside the change of this number, what waits for a line at the other end of a pipe."""

    def policy(made: list[str]) -> None:
        if len(made) == number:
            os.write(striker, b"\n")

    return policy


@contextlib.contextmanager
def watch(changes: Changes) -> Iterator[None]:
    """Report every change to I(changes). For a process that ends soon: an audit hook cannot be taken out again."""
    watching = True
    for module in (libvirtmod, libvirtmod_qemu, libvirtmod_lxc):
        for name, function in vars(module).items():
            if name.startswith("vir") and not READS.fullmatch(name):
                setattr(module, name, _reporting(changes, name, function))

    def hook(event: str, arguments: Sequence[Any]) -> None:
        if watching and (change := _change_of(event, arguments)):
            changes.about_to(change)

    sys.addaudithook(hook)
    try:
        yield
    finally:
        watching = False


def _reporting(changes: Changes, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        changes.about_to(name)
        return function(*arguments)

    return call


def _change_of(event: str, arguments: Sequence[Any]) -> str:
    """What an audit event changes, '' for nothing."""
    if _path_of(event, arguments).startswith((CACHE, CATALOGUE)):
        return ""
    if event == "open":
        path, _mode, flags = arguments
        return f"open {path} for writing" if flags & _WRITES and path != os.devnull else ""
    if event in _PROCESS_EVENTS:
        words = tuple(arguments[1]) if event == "subprocess.Popen" and isinstance(arguments[1], (list, tuple)) else ()
        harmless = any((os.path.basename(words[0]), *words[1:])[: len(known)] == known for known in PROGRAMS if words)
        harmless |= "rsync" in words and words[-1].startswith(CATALOGUE)
        return "" if harmless else f"{event} {arguments}"
    return f"{event} {arguments}" if _FILE_EVENTS.fullmatch(event) else ""


def _path_of(event: str, arguments: Sequence[Any]) -> str:
    """The file that an audit event is about; some name it by the descriptor of its directory."""
    name = str(arguments[0]) if arguments else ""
    directory = arguments[-1] if event in ("os.remove", "os.rmdir") else -1
    return os.path.join(os.readlink(f"/proc/self/fd/{directory}"), name) if directory >= 0 else name
