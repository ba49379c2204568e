# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets: the laws, and values that nobody sees."""

from __future__ import annotations

import pytest
from harness.host import Host
from harness.laws import Case, Suite, assert_complete, obey, parameters

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.secret import SECRET

UUID = "6f0a3f3e-5cf1-4ab8-9b39-0a2f4b1c7d55"

SUITE = Suite(
    module="secret",
    found="secrets",
    table=SECRET,
    identity=("uuid",),
    key="uuid",
    base={"uuid": UUID},
    stopped="present",
    without_case=("uuid",),  # by which it is found here
    cases=(
        Case("description", "one", "two"),
        Case("ephemeral", False, True),
        Case("private", False, True),
        Case("usage.type", "ceph", "tls", {"usage": {"name": "law"}}, refused=True),
        Case("usage.name", "law", "law2", {"usage": {"type": "vtpm"}}, refused=True),
        Case("usage.target", "law", "law2", {"usage": {"type": "iscsi"}}, refused=True),
        Case("usage.volume", "/srv/law/a", "/srv/law/b", {"usage": {"type": "volume"}}, refused=True),
    ),
)


def test_every_row_has_a_case() -> None:
    assert_complete(SUITE)


@pytest.mark.parametrize(("case", "running"), parameters(SUITE))
def test_laws(host: Host, case: Case, running: bool) -> None:
    obey(host, SUITE, case, running)
