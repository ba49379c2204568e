# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to agree between the files that describe the collection."""

from __future__ import annotations

from pathlib import Path

import yaml

TOP = Path(__file__).parents[2]


def test_every_module_that_connects_is_in_the_action_group() -> None:
    """The group is there for C(uri): a module that has no such option fails where it is set for the group."""
    runtime = yaml.safe_load((TOP / "meta/runtime.yml").read_text())
    modules = sorted(
        path.stem
        for path in (TOP / "plugins/modules").glob("*.py")
        if "- hypervise.kvm.connection\n" in path.read_text()
    )
    assert runtime["action_groups"]["kvm"] == modules
