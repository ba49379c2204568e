# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How tests are spread over several workers (pytest -n, as test.sh does): what may not meet stays in one.

With three, each host's tests are one's, and the third has the static and unit tests and then the lab's, which end
first. Three are more than two processors have work for, but guests that boot and labs that come up are mostly waited
for.
"""

from __future__ import annotations

from typing import Any

import pytest
from harness.lab import HOSTS, NEWEST
from xdist.scheduler import LoadScopeScheduling


class ByHost(LoadScopeScheduling):
    """Tests of one host follow each other, beside those of the other host. So do those of each other tier."""

    def _split_scope(self, nodeid: str) -> str:
        tier = nodeid.split("/")[1]
        if tier != "integration":
            return {"unit": "static"}.get(tier, tier)
        return next((host for host in HOSTS if f"[{host}" in nodeid), NEWEST)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByHost:
    config.option.loadscopereorder = False  # the tiers in the order in which test.sh names them
    return ByHost(config, log)
