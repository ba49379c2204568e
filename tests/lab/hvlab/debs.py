# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages of any release, resolved and fetched without touching the packages of this machine.

The mirrors are those of the machine's own apt sources, with the release replaced; the machine's other apt settings
(a proxy, say) stay in force.
"""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path

from hvlab.commands import CommandFailed, locked, run
from hvlab.errors import LabError

APT = Path("/etc/apt")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_REACH = re.compile(r"Acquire::(https?::Proxy|Check-Valid-Until|Check-Date|Retries)\b")

LISTS_LAST = 7 * 24 * 3600  # seconds; so often a new version of a package is noticed


def machine_mirrors() -> dict[str, str]:
    """The Debian mirrors in the machine's apt sources: label of the archive (Debian, Debian-Security) -> URI."""
    fields = ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages"]
    listed = run(fields)
    if not listed.strip():  # a machine on which nobody ever ran it
        run(["apt-get", "-qq", "update"])
        listed = run(fields)
    mirrors: dict[str, str] = {}
    for line in listed.splitlines():
        origin, label, uri = line.split("|")
        if origin == "Debian" and label in ("Debian", "Debian-Security"):
            mirrors.setdefault(label, _plain(uri).rstrip("/"))
    if "Debian" not in mirrors:
        raise LabError("the apt sources of this machine name no Debian mirror; images are built from one")
    return mirrors


def machine_settings() -> str:
    """Lines of an apt.conf: what of the machine's own settings it takes to reach the same mirrors from elsewhere."""
    return "".join(f"{line}\n" for line in run(["apt-config", "dump"]).splitlines() if _REACH.match(line))


def _plain(uri: str) -> str:
    """Debian's own cloud images name their mirror in a file; guests do not have that file."""
    if uri.startswith("mirror+file:"):
        return Path(uri.removeprefix("mirror+file:").rstrip("/")).read_text().split()[0]
    return uri


class Release:
    """One Debian release as apt sees it, in a state directory of its own."""

    def __init__(self, codename: str, state: Path) -> None:
        self.codename = codename
        self._state = state

    def sources(self) -> str:
        """The lines of an apt sources.list."""
        if self._fresh():
            return (self._state / "sources.list").read_text()
        mirrors = machine_mirrors()
        suites = [(mirrors["Debian"], self.codename), (mirrors["Debian"], f"{self.codename}-updates")]
        if "Debian-Security" in mirrors:
            suites.append((mirrors["Debian-Security"], f"{self.codename}-security"))
        return "".join(f"deb [signed-by={KEYRING}] {uri} {suite} main\n" for uri, suite in suites)

    def resolve(self, packages: list[str]) -> list[str]:
        """The file names (name_version_arch.deb) of the packages and of all that they depend on."""
        with locked(self._state / "lock"):
            if not self._fresh():
                self._update()
            answer = self._state / "resolved" / hashlib.sha256("\n".join(packages).encode()).hexdigest()
            if not answer.exists():
                uris = self._apt("install", "--print-uris", *packages)
                partial = answer.with_suffix(".partial")
                partial.write_text("\n".join(sorted(line.split()[1] for line in uris.splitlines())))
                partial.rename(answer)
            return answer.read_text().split()

    def extract(self, packages: list[str], into: Path) -> None:
        """Unpack the packages and all that they depend on, merged into /usr, running none of their scripts."""
        names = self.resolve(packages)
        for directory in ("bin", "lib", "lib64", "sbin"):
            (into / "usr" / directory).mkdir(parents=True)
            (into / directory).symlink_to(f"usr/{directory}")
        # dpkg-deb would put directories in the place of these links
        unpack = 'dpkg-deb --fsys-tarfile "$1" | tar --extract --keep-directory-symlink --directory "$2"'
        with locked(self._state / "lock"):
            self._apt("install", "--download-only", "--yes", *packages)
            for name in names:
                run(["bash", "-o", "pipefail", "-c", unpack, "bash", self._state / "archives" / name, into])
            self._apt("clean")

    def refresh(self) -> None:
        """Fetch the package lists anew: a mirror drops the versions that older lists name."""
        with locked(self._state / "lock"):
            self._update()

    def _fresh(self) -> bool:
        stamp = self._state / "refreshed"
        if not stamp.exists():
            return False
        refreshed = stamp.stat().st_mtime
        settings = [*APT.glob("sources.list"), *APT.glob("sources.list.d"), *APT.glob("sources.list.d/*")]
        changed = max(path.stat().st_mtime for path in settings)
        return changed < refreshed > time.time() - LISTS_LAST

    def _update(self) -> None:
        stamp = self._state / "refreshed"
        for directory in ("lists/partial", "archives/partial", "resolved"):
            (self._state / directory).mkdir(parents=True, exist_ok=True)
        (self._state / "status").touch()
        sources, there = self.sources(), self._state / "sources.list"
        if not there.exists() or there.read_text() != sources:  # it may be read at any time
            there.write_text(sources)
        try:
            self._apt("update")
        except CommandFailed:
            if stamp.exists():  # off line: the old lists lead to the images that are already there
                return
            raise
        for answer in (self._state / "resolved").iterdir():
            answer.unlink()
        stamp.touch()

    def _apt(self, *arguments: str) -> str:
        options = {
            "Dir::State": self._state,
            "Dir::State::status": self._state / "status",  # empty: nothing is installed
            "Dir::State::lists": self._state / "lists",
            "Dir::Cache": self._state,
            "Dir::Cache::archives": self._state / "archives",
            "Dir::Etc::sourcelist": self._state / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferences": "-",
            "Dir::Etc::preferencesparts": "-",
            "APT::Install-Recommends": "false",
            "APT::Update::Error-Mode": "any",  # otherwise a mirror that is down is only a warning
        }
        settings = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        return run(["apt-get", "-qq", *settings, *arguments])
