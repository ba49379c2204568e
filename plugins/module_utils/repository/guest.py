# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The points of one guest, and who may write to them."""

from __future__ import annotations

import calendar
import contextlib
import fcntl
import json
import os
import shutil
import socket
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.files import remove, replacing, sync, sync_directory
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import point as points
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import sums
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.errors import Busy, Damaged
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.point import Point

MANIFEST, PRUNED, STATUS, JOURNAL = "manifest.json", "pruned.json", "status.json", "journal.json"
READERS = ".readers"
_FORMAT = "%Y%m%dT%H%M%SZ"


class Guest:
    """The directory of a guest in a repository."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name, _dot, self.uuid = os.path.basename(path).rpartition(".")

    # -- reading ---------------------------------------------------------------------------------------------------

    def points(self) -> list[Point]:
        """Return what can be restored, the oldest first.

        :raises Damaged: where a manifest cannot be read.
        """
        return [self.point(name) for name in self.names()]

    def names(self, manifest: str = MANIFEST) -> list[str]:
        """Return the names of all points, the oldest first. Those are points whose C(manifest) is there."""
        return [name for name in self._listed() if os.path.exists(self.file(name, manifest))]

    def broken(self) -> list[str]:
        """Return the names of what should be points, and has no manifest."""
        known = {*self.names(), *self.names(PRUNED)}
        return [name for name in self._listed() if name not in known]

    def _listed(self) -> list[str]:
        try:
            entries = list(os.scandir(self.path))
        except FileNotFoundError:
            return []
        return sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))

    def point(self, name: str, manifest: str = MANIFEST) -> Point:
        """Return one point.

        :raises Damaged: where its manifest cannot be read, or is another one's.
        """
        path = self.file(name, manifest)
        try:
            with open(path, encoding="utf-8") as file:
                found = points.parse(file.read(), path)
        except (OSError, ValueError) as error:
            raise Damaged(f"{path} cannot be read: {error}.") from error
        if (found.name, found.uuid) != (name, self.uuid):
            raise Damaged(f"{path} is the manifest of {found.name} of {found.uuid}.")
        return found

    def file(self, point: str, name: str) -> str:
        """Return the path of a file of a point."""
        return os.path.join(self.path, point, name)

    def status(self, point: str) -> dict[str, t.Any]:
        """Return what was found out about a point since it was made."""
        try:
            with open(self.file(point, STATUS), encoding="utf-8") as file:
                told = json.load(file)
            return told if isinstance(told, dict) else {}
        except (OSError, ValueError):
            return {}  # it can be found out again

    @contextlib.contextmanager
    def still(self) -> t.Iterator[None]:
        """Have no images merged while they are read. There may be many readers, and new points meanwhile."""
        path = os.path.join(self.path, READERS)  # which a copy of a repository need not have
        with open(path, encoding="utf-8") if os.path.exists(path) else _lock(self.path, READERS) as readers:
            fcntl.flock(readers, fcntl.LOCK_SH)
            yield

    # -- writing; what calls these holds the lock --------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self, what: str) -> t.Iterator[None]:
        """Be the only one who writes to this guest's points.

        :arg what: the work, for who comes meanwhile.
        :raises Busy: where somebody else is.
        """
        if not os.path.isdir(self.path):
            _make(self.path)
        _lock(self.path, READERS).close()
        with _lock(self.path, ".lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                owner = lock.read().strip() or "somebody"
                raise Busy(
                    f"{self.path}: {owner} is at work there.", "Wait until it has ended.", owner=owner
                ) from error
            lock.truncate(0)
            since = time.strftime("%Y-%m-%d %H:%M:%S %z")
            lock.write(f"{what}, process {os.getpid()} on {socket.gethostname()} since {since}")
            lock.flush()
            yield

    @contextlib.contextmanager
    def alone(self) -> t.Iterator[None]:
        """Be the only one who uses the images of this guest's points, which are about to change.

        :raises Busy: where somebody reads them.
        """
        with _lock(self.path, READERS) as readers:
            try:
                fcntl.flock(readers, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy(
                    f"{self.path}: somebody restores or verifies points, so none can be merged.",
                    "Wait until that has ended.",
                ) from error
            yield

    @property
    def making(self) -> str:
        """The directory of the point in the making."""
        return os.path.join(self.path, ".making")

    def begin(self, journal: t.Mapping[str, t.Any]) -> str:
        """Make room for a new point, and note what has to be undone if it does not become one."""
        self.discard()
        _make(self.making)
        with replacing(os.path.join(self.making, JOURNAL)) as file:
            file.write(json.dumps(journal).encode())
        return self.making

    def journal(self) -> dict[str, t.Any] | None:
        """Return what was noted for a point that did not become one; C(None) where there is none."""
        try:
            with open(os.path.join(self.making, JOURNAL), encoding="utf-8") as file:
                return t.cast("dict[str, t.Any]", json.load(file))
        except FileNotFoundError:
            return {} if os.path.isdir(self.making) else None
        except ValueError:
            return {}  # killed before a word of it was on the disk: nothing had been begun

    def discard(self) -> None:
        """Remove what was in the making."""
        if os.path.isdir(self.making):
            shutil.rmtree(self.making)

    def new_name(self) -> str:
        """Return the name of a point that is made now; no two of a guest are of the same second."""
        while True:
            name = time.strftime(_FORMAT, time.gmtime())
            if not os.path.exists(os.path.join(self.path, name)):
                return name
            time.sleep(0.1)

    def publish(self, new: Point) -> None:
        """Let the point in the making be one: wholly, or not at all.

        :raises OperationFailed: where it cannot be written.
        """
        try:
            with replacing(os.path.join(self.making, MANIFEST)) as file:
                file.write(new.text().encode())
            sums.write(self.making, set(os.listdir(self.making)) - {JOURNAL})
        except OSError as error:
            raise _unwritten(self.path, error) from error
        self.adopt(new.name)

    def adopt(self, name: str) -> None:
        """Let what is in the making be a point, as it is.

        :raises OperationFailed: where it cannot be written.
        """
        try:
            for file in os.listdir(self.making):
                sync(os.path.join(self.making, file))
            sync_directory(self.making)
            os.rename(self.making, os.path.join(self.path, name))
            sync_directory(self.path)
            remove(self.file(name, JOURNAL))  # of a point it says nothing
        except OSError as error:
            raise _unwritten(self.path, error) from error

    def note(self, point: str, **found: t.Any) -> None:
        """Note what was found out about a point. For that alone the lock is not needed.

        :raises OperationFailed: where it cannot be written.
        """
        try:
            with _lock(self.path, ".notes") as notes:
                fcntl.flock(notes, fcntl.LOCK_EX)
                with replacing(self.file(point, STATUS)) as file:
                    file.write(json.dumps({**self.status(point), **found}, indent=2).encode() + b"\n")
        except OSError as error:
            raise OperationFailed(f"{self.path}: nothing can be noted: {error.strerror or error}.") from error


def instant(name: str) -> int:
    """Return the moment that a point's name tells, in seconds since 1970."""
    return calendar.timegm(time.strptime(name, _FORMAT))


def _unwritten(path: str, error: OSError) -> OperationFailed:
    return OperationFailed(f"{path}: the point cannot be written: {error.strerror or error}.")


def _lock(directory: str, name: str) -> t.IO[str]:
    """Open a file for locking, which nobody else can do: whoever reads a file may lock it."""
    place = os.path.join(directory, name)
    return open(place, "a+", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))


def _make(directory: str) -> None:
    """Make a directory that nobody else can list, but through which QEMU reaches the images that it may open."""
    os.mkdir(directory)
    os.chmod(directory, 0o711)
