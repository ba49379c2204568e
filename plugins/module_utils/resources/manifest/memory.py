# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What earlier runs found to be as stated, so that it need not be understood again.

Planning is a function of what is stated, what an object is like, the host and this code. For a plan that came out
empty, a keyed digest of exactly these is kept. Where all are the same, so is the plan. What an object is like, sight
says, and of which it cannot. Items that state more than that, such as what a volume is filled with, are not remembered.
The file may be lost at any time; it is of no use to anybody but root.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sys
import typing as t
import zipfile

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.sight import Key, look

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils.resources.manifest.items import Item

Facts = dict[str, t.Any]

#: Where the code is in what Ansible sends to a host.
_OURS = "hypervise/kvm/"

#: How many objects are remembered; some of them will be stated no more.
_MOST = 5000

#: Options by which a plan depends on more than the object: on guests, on what is in a pool, on another file or volume.
_MORE = {
    "storage_pool": {"restart", "refresh", "build"},
    "volume": {"content"},
    "network": {"restart"},
}


def _is_alone(item: Item) -> bool:
    """Tell whether what an item states is about the object itself."""
    below = item.given.get("backing_store")
    names_another = isinstance(below, dict) and "volume" in below
    return not (item.goes or names_another or _MORE.get(item.kind.name, set()) & set(item.given))


class Memory:
    """Digests of one hypervisor's objects, and what a plan of each had told of it.

    :arg path: of the file.
    :arg host: what else a plan depends on.
    """

    def __init__(self, path: str, host: str) -> None:
        self.path = path
        self.host = host
        self.secret = secrets.token_hex(32)
        self.known: dict[str, list[t.Any]] = {}  # object -> digest and facts
        self.sights: dict[Key, bytes] = {}
        try:
            with open(path, encoding="utf-8") as kept:
                self.secret, self.known = json.load(kept)
        except (OSError, ValueError):
            pass  # there is none yet, or its writer was killed

    def _digest(self, stated: t.Any, sight: bytes) -> str:
        key = bytes.fromhex(self.secret)
        said = json.dumps([self.host, stated], sort_keys=True).encode()
        return hashlib.blake2b(said + b"\0" + hashlib.blake2b(sight).digest(), key=key).hexdigest()

    def recall(self, connection: Connection, items: t.Iterable[Item]) -> None:
        """Settle the items of which it is known that there is nothing to do."""
        items = [item for item in items if _is_alone(item)]
        self.sights = look(connection, {item.key for item in items})
        for item in items:
            digest, facts = self.known.get("/".join(item.key), ("", {}))
            sight = self.sights.get(item.key)
            if digest and sight is not None and self._digest(item.said, sight) == digest:
                item.settle(facts)

    def learn(self, connection: Connection, items: t.Iterable[Item]) -> None:
        """Remember the items for which there was nothing to do, beside what other documents state."""
        idle = {item.key: item for item in items if not item.settled and item.is_idle and _is_alone(item)}
        ours = ["/".join(item.key) for item in items]
        known = {name: entry for name, entry in self.known.items() if name not in ours}
        known.update(("/".join(item.key), self.known["/".join(item.key)]) for item in items if item.settled)
        for key, sight in look(connection, idle).items():
            item = idle[key]
            if self.sights.get(key) == sight:  # otherwise nobody knows which of the two was planned for
                known["/".join(key)] = [self._digest(item.said, sight), item.plan.facts]
        if known != self.known:
            self.known = dict(list(known.items())[-_MOST:])  # the latest
            with contextlib.suppress(OSError):  # nothing but time is lost
                self._save()

    def _save(self) -> None:
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        with replacing(self.path) as kept:
            kept.write(json.dumps([self.secret, self.known]).encode())


def host(connection: Connection) -> str:
    """Return what a plan depends on besides the object: the hypervisor, this boot of the host, and the code."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as boot:
        this_boot = boot.read()
    read = connection.host.read
    told = read.getVersion(), read.getLibVersion(), read.getCPUMap(0)[0]
    return repr((connection.uri, *told, this_boot, os.path.exists("/dev/kvm"), _code()))


def _code() -> str:
    """Return what tells this code from other releases of it: the checksums of its files, as Ansible packed them.

    Ansible adds files of its own to the archive on the host, which name the directory of that very run.
    """
    archive = getattr(getattr(sys.modules[__name__], "__loader__", None), "archive", None)
    if archive is None:
        return _files_of(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    with zipfile.ZipFile(archive) as packed:
        return _digest_of((entry.filename, entry.CRC) for entry in packed.infolist() if _OURS in entry.filename)


def _files_of(top: str) -> str:
    found = ((path, name) for path, _directories, names in os.walk(top) for name in names if name.endswith(".py"))
    return _digest_of((name, os.stat(os.path.join(path, name)).st_mtime_ns) for path, name in found)


def _digest_of(parts: t.Iterable[t.Any]) -> str:
    return hashlib.blake2b(repr(sorted(parts)).encode()).hexdigest()
