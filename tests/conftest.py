# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tests are spread over several workers (pytest -n, as test.sh does): what may not meet stays in one.

That are the tests of each of the lab's hosts, the static and unit tests, and each file of the lab's own tests. What is
long is begun first, or it would be waited for alone at the end. Three workers are more than two processors have work
for, but guests that boot and labs that come up are mostly waited for.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from harness.lab import ALL, NEWEST
from xdist.scheduler import LoadScopeScheduling

#: What stays together, the longest first.
ORDER = ("deb13", "deb12", "static", "one13", "test_molecule.py", "test_images.py", "test_vm.py", "test_lab.py")


def together(nodeid: str) -> str:
    """What the tests are called that one is not to be parted from."""
    tier, rest = nodeid.split("/", 2)[1:]
    if tier == "integration":
        return next((host for host in ALL if f"[{host}" in nodeid), NEWEST)
    return rest.partition("::")[0] if tier == "lab" else "static"


class ByHost(LoadScopeScheduling):
    """Tests of one host follow each other, beside those of the other hosts."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("PYTEST_XDIST_WORKER"):
        places = {name: place for place, name in enumerate(ORDER)}
        items.sort(key=lambda item: places.get(together(item.nodeid), len(places)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByHost:
    config.option.loadscopereorder = False  # by the number of tests, which says little of how long they take
    return ByHost(config, log)
