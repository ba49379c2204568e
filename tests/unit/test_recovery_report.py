# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is reported of a disaster recovery: what was measured, what was missed, and what had no turn."""

from __future__ import annotations

import html.parser
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.recovery import report

BEGUN = 1_795_400_000.0


def guest(name: str, **more: Any) -> dict[str, Any]:
    told = {"name": name, "active": "berlin", "lag": 40.0, "rpo": 60, "rpo_met": True, "rto": 30, "split": False}
    return {**told, "states": {}, "hosts": {"berlin": "hv1", "munich": "hv3"}, "run": {}, **more}


def step(name: str, phase: str, since: float, seconds: float, **more: Any) -> dict[str, Any]:
    told = {"guest": name, "host": "hv3", "phase": phase, "started": BEGUN + since, "ended": BEGUN + since + seconds}
    return {**told, "changed": True, "failed": False, "msg": "", "result": {}, **more}


def planned(mode: str, guests: list[dict[str, Any]], run: str = "", stages: Any = ()) -> dict[str, Any]:
    about = {"id": "1", "mode": run, "begun": BEGUN} if run else {}
    return {"plan": "shop", "mode": mode, "run": about, "guests": guests, "problems": [], "stages": stages}


def told(plan: dict[str, Any], steps: list[dict[str, Any]], directory: Path | None = None) -> dict[str, Any]:
    place = str(directory) if directory else None
    return report.run({"planned": plan, "steps": steps, "directory": place, "now": BEGUN + 100}, False)


def test_handover_loses_nothing_and_counts_from_the_stop() -> None:
    steps = [step("db1", "stop", 10, 2), step("db1", "restore", 15, 3), step("db1", "ready", 18, 6)]
    result = told(planned("failover", [guest("db1")], "planned"), steps)
    (found,) = result["report"]["guests"]
    assert (found["lag"], found["rpo_met"], found["away"], found["rto_met"]) == (0.0, True, 14.0, True)
    assert found["phases"] == {"stop": 2.0, "restore": 3.0, "ready": 6.0}
    assert result["ok"]
    assert result["text"][1] == "db1: RPO 0 s of 60 s, RTO 14 s of 30 s, stop 2 s, restore 3 s, ready 6 s"


def test_disaster_counts_from_its_beginning() -> None:
    steps = [step("db1", "restore", 15, 3), step("db1", "ready", 18, 13)]
    result = told(planned("failover", [guest("db1")], "disaster"), steps)
    (found,) = result["report"]["guests"]
    assert (found["lag"], found["away"], found["rto_met"]) == (40.0, 31.0, False)
    assert result["report"]["problems"] == ["db1 was ready after 31 s; its target is 30 s."]
    assert not result["ok"]


def test_protection_is_as_old_as_its_backup() -> None:
    result = told(planned("protect", [guest("db1")]), [step("db1", "backup", 0, 50), step("db1", "copy", 55, 15)])
    assert result["report"]["guests"][0]["lag"] == 70.0
    assert result["report"]["problems"] == ["db1: its newest point at the other site is 70 s old; its target is 60 s."]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"lag": None, "rpo_met": False}, "db1 has no point at the other site; its target is 60 s."),
        ({"split": True}, "db1 runs at both sites."),
        ({"states": {"berlin": "running", "munich": "unknown"}, "rpo_met": None}, "db1: hv3 does not answer."),
    ],
)
def test_status(more: dict[str, Any], says: str) -> None:
    assert told(planned("status", [guest("db1", **more)]), [])["report"]["problems"] == [says]


def test_cleanup_has_no_targets() -> None:
    assert told(planned("cleanup", [guest("db1", rpo_met=False)]), [step("db1", "cleanup", 0, 1)])["ok"]


def test_what_failed_and_what_had_no_turn() -> None:
    stages = [[step("db1", "restore", 0, 0)], [step("db1", "ready", 0, 0)]]
    steps = [step("db1", "restore", 1, 1, failed=True, msg="there is no room.")]
    result = told(planned("failover", [guest("db1")], "disaster", stages), steps)
    assert result["report"]["problems"] == [
        "restore db1 on hv3: there is no room.",
        "ready db1 on hv3: it had no turn.",
        "db1 was not ready; its target is 30 s.",
    ]


class Page(html.parser.HTMLParser):
    """Fails where a tag is closed that is not open; has the links and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str | None] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_files_and_history(tmp_path: Path) -> None:
    told(planned("protect", [guest("db1")]), [step("db1", "backup", 0, 1), step("db1", "copy", 1, 1)], tmp_path)
    steps = [step("<db1>", "ready", 1, 1, failed=True, msg="<b>no</b>")]
    wish = {"planned": planned("failover", [guest("<db1>")], "disaster"), "steps": steps, "directory": str(tmp_path)}
    result = report.run({**wish, "now": BEGUN + 200}, False)
    data, text, page, index = map(Path, result["files"])
    assert json.loads(data.read_text()) == result["report"]
    assert text.read_text().splitlines() == result["text"]
    assert page.read_text() == index.read_text()
    shown = Page(page.read_text())
    assert shown.open == []
    assert [link for link in shown.links if link] == [page.name, "20261123T021500Z-protect.html"]
    assert "ready <db1> on hv3: <b>no</b>" in shown.words


def test_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "shop").touch()
    with pytest.raises(OperationFailed, match="the report cannot be written: File exists"):
        told(planned("status", [guest("db1")]), [], tmp_path)
