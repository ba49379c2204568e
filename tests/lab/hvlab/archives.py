# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloaded Debian packages, shared by all hosts of a release.

Hosts do not share apt's archive directory itself: apt locks it, so two hosts could not install at the same time. Each
gets hard links to what is in the cache, and what it downloaded more is linked into the cache. apt replaces and
removes these files but never writes into one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path


def share(source: Path, target: Path) -> None:
    """Bring the packages in one directory into another too."""
    target.mkdir(parents=True, exist_ok=True)
    for package in source.glob("*.deb"):
        with contextlib.suppress(FileExistsError, FileNotFoundError):  # it is there already; apt just removed it
            _link(package, target / package.name)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = target.with_suffix(f".partial-{os.getpid()}")
        shutil.copyfile(source, partial)
        partial.rename(target)
