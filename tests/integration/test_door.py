# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode never reaches a mutator, and the guard that says so would see it if it did."""

from __future__ import annotations

from harness.host import Host


def test_guard_sees_libvirt(host: Host) -> None:
    made = host.run("network", name="law-door").changes
    assert made == ["virNetworkDefineXMLFlags"]
