# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What several tests of the lab share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from footprint import Footprint
from hvlab import preflight
from hvlab.commands import install_missing
from vm_lab import NAME, PACKAGES, lab


@pytest.fixture(scope="session")
def vm() -> Iterator[None]:
    """A lab with one VM; what the machine had before must be what it has after."""
    preflight.prepare()
    install_missing({"qemu-system-x86_64": "qemu-system-x86"})
    lab("down")
    before = Footprint.take(NAME)
    lab("up", "--packages", ",".join(PACKAGES), "--disks", "2", "store=trixie-vm")
    yield
    lab("down")
    assert Footprint.take(NAME) == before
