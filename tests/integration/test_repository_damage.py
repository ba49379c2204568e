# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is damaged in a repository is found, and no more than that."""

from __future__ import annotations

import json
import os

from harness import points
from harness.host import HOME, SCRATCH, Host
from harness.points import GUEST, REPOSITORY

#: How many damages, and the first one's seed: each eleventh is of the same kind.
CASES = int(os.environ.get("HYPERVISE_DAMAGE", "11"))
SEED = int(os.environ.get("HYPERVISE_SEED", "0"))


def test_damage_is_found(host: Host) -> None:
    points.make(host)
    host.sh(f"cp -a {REPOSITORY} {SCRATCH}/spare")
    for seed in range(SEED, SEED + CASES):
        damage = json.loads(host.sh(f"cd {HOME} && python3 -m remote.damage {GUEST} {seed}"))
        what = f"seed {seed}: {damage['done']}"
        first = min(damage["points"])  # none of those before rests on it
        told = host.fails("backup_verify", repository=REPOSITORY)["domains"][0]
        found = {point["name"]: point["problems"] for point in told["points"]}
        assert all(found[name] for name in damage["points"]), what
        assert not any(problems for name, problems in found.items() if name < first), what
        host.sh(f"rm -rf {REPOSITORY} && cp -a {SCRATCH}/spare {REPOSITORY}")
