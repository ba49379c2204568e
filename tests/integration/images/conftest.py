# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the tests of what volumes are filled with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.host import Host

from images.served import make_pool, served


@pytest.fixture(scope="package")
def images(each_host: Host) -> Iterator[None]:
    with served(each_host):
        yield


@pytest.fixture
def pool(host: Host, images: None) -> Host:
    """A host with a pool, and images to fill its volumes with."""
    return make_pool(host)
