# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tests are spread over several workers (pytest -n, as test.sh does): what may not meet stays in one.

That are the tests of each of the lab's hosts, the static and unit tests, and each file of the lab's own tests. They are
begun in this order, so that what is long is begun first. Three workers are more than two processors have work for, but
guests that boot and labs that come up are mostly waited for.
"""

from __future__ import annotations

from typing import Any

import pytest
from harness.lab import ALL, NEWEST
from xdist.scheduler import LoadScopeScheduling


class ByHost(LoadScopeScheduling):
    """Tests of one host follow each other, beside those of the other hosts."""

    def _split_scope(self, nodeid: str) -> str:
        tier, rest = nodeid.split("/", 2)[1:]
        if tier == "integration":
            return next((host for host in ALL if f"[{host}" in nodeid), NEWEST)
        return rest.partition("::")[0] if tier == "lab" else "static"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByHost:
    config.option.loadscopereorder = False  # the tiers in the order in which test.sh names them
    return ByHost(config, log)
