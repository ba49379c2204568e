# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles' Molecule scenarios, each on hosts of a lab of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SCENARIOS = sorted(path.parent.name for path in TOP.glob("extensions/molecule/*/molecule.yml"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str) -> None:
    command = ["molecule", "test", "--scenario-name", scenario]
    done = subprocess.run(
        command,
        cwd=TOP,
        env={**os.environ, "NO_COLOR": "1"},
        # of its own: Ansible wants them to block, and ssh makes those that it shares with us not to
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    if done.returncode:
        pytest.fail(f"molecule test --scenario-name {scenario} exited with {done.returncode}", pytrace=False)
