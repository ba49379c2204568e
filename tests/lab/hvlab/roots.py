# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root file systems that hosts start from: one per release, made once, never written to again."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from pathlib import Path

from hvlab import cache, debs, state
from hvlab.commands import locked, run, say
from hvlab.errors import LabError

PACKAGES = (
    "ca-certificates",
    "dbus",
    "e2fsprogs",
    "iproute2",
    "iputils-ping",
    "kmod",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "sudo",
    "systemd",
    "systemd-sysv",
)
ROOM = 3 << 30  # bytes that a build may need on the way

_BUILD = Path(__file__).parent / "host_files" / "build-root"

# What of the machine's apt settings hosts need in order to reach the same mirrors.
_SETTINGS = re.compile(r"Acquire::(https?::Proxy|Check-Valid-Until|Check-Date|Retries)\b.*")
_OWN_SETTINGS = """\
APT::Keep-Downloaded-Packages "true";
Binary::apt::APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
"""


def ready(release: str) -> Path:
    """The root of a release; built if it is not there or was made from something else."""
    sources = debs.Release(release, cache.directory() / "apt" / release).sources()
    settings = _OWN_SETTINGS + "".join(f"{s}\n" for s in run(["apt-config", "dump"]).splitlines() if _SETTINGS.match(s))
    ingredients = "\0".join((_BUILD.read_text(), sources, settings, *PACKAGES))
    roots = cache.directory() / "roots"
    root = roots / f"{release}-{hashlib.sha256(ingredients.encode()).hexdigest()[:12]}"
    if not root.exists():
        with locked(roots / f"{release}.lock"):
            if not root.exists():
                _build(release, root, sources, settings)
    return root


def _build(release: str, root: Path, sources: str, settings: str) -> None:
    say(f"building the Debian root {root.name} (once; about a minute)")
    _check_room(root.parent)
    for leftover in root.parent.glob(f".{release}-*"):  # of a killed build: we hold the lock
        shutil.rmtree(leftover)
    archives = archive_directory(release)
    archives.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{release}-", dir=root.parent) as work:
        for name, content in (("sources", sources), ("settings", settings)):
            Path(work, name).write_text(content)
        made = Path(work, "root")
        mirror = debs.machine_mirrors()["Debian"]
        files = (Path(work, "sources"), Path(work, "settings"))
        run([_BUILD, release, made, mirror, archives, *files, ",".join(PACKAGES)], sandbox=True)
        made.rename(root)
    _drop_unused(release, root)


def _drop_unused(release: str, current: Path) -> None:
    """Roots made from something else, unless a host stands on one: it holds a link to it."""
    used = {link.resolve() for link in state.STATE.glob("*/hosts/*/lower")}
    for root in set(current.parent.glob(f"{release}-*")) - used - {current}:
        shutil.rmtree(root)


def archive_directory(release: str) -> Path:
    """Packages of a release that were downloaded before."""
    return cache.directory() / "archives" / release


def _check_room(place: Path) -> None:
    if (free := shutil.disk_usage(place).free) < ROOM:
        raise LabError(f"{place} has {free >> 20} MiB free; building a root needs {ROOM >> 20} MiB")
