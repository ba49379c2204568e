# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's cache on disk: prepared roots, guest images, downloaded packages. Losing it costs time only."""

from __future__ import annotations

import os
from pathlib import Path

from hvlab.errors import LabError


def directory() -> Path:
    path = Path(os.environ.get("HYPERVISE_LAB_CACHE") or "/var/cache/hypervise-lab")
    if not path.is_absolute() or set(str(path)) & set(":,\\"):
        raise LabError(f"HYPERVISE_LAB_CACHE={path} is refused: use an absolute path without ':', ',' and '\\'")
    return path
