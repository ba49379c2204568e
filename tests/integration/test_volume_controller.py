# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume that is filled with a file of the controller, by Ansible as a user runs it."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

from harness.host import PREFIX, SCRATCH, Host
from harness.playbooks import results_of

POOL = f"{PREFIX}pool"
PLACE = f"{SCRATCH}/pool"


def volume(content: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A task."""
    check = {"check_mode": True} if more.pop("check", False) else {}
    return {"hypervise.kvm.volume": {"pool": POOL, "name": "disk", "content": content, **more}, **check}


def in_background(task: dict[str, Any]) -> dict[str, Any]:
    """The same, waited for."""
    return {**task, "async": 60, "poll": 1}


def test_a_file_of_the_controller(one_host: Host, tmp_path: Path) -> None:
    """It is brought only where it is needed, and nothing of it stays behind."""
    one_host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
    files = tmp_path / "files"
    files.mkdir()
    image, other = files / "image.raw", files / "other.raw"
    chance = random.Random(1)
    image.write_bytes(chance.randbytes(2**20))
    other.write_bytes(chance.randbytes(2**20))
    good = hashlib.sha256(image.read_bytes()).hexdigest()
    stated: dict[str, Any] = {"src": "image.raw"}  # found beside the playbook, in files/
    told, printed = results_of(
        one_host.name,
        {
            "foretold": volume(stated, check=True),
            "missing": volume({"src": "nothing.raw"}),
            "wrong": volume({**stated, "checksum": "sha256:" + 64 * "0"}),
            "bad": volume({**stated, "timeout": 0}),
            "made": volume({**stated, "checksum": f"sha256:{good}"}, format="raw"),
            "again": volume(stated),
            "other": volume({"src": str(other)}),
            "other_again": volume({"src": str(other), "overwrite": True}),
            "gone": volume({"src": "nothing.raw"}, state="absent"),
            "put_there": {"ansible.builtin.shell": f"echo by hand >{PLACE}/disk"},
            "unseen": volume({**stated, "overwrite": True}),
            "background": in_background(volume({"src": f"{PLACE}/disk", "remote_src": True}, name="copy")),
            "background_brings": in_background(volume(stated, name="brought")),
            "cleared": {"ansible.builtin.shell": f"rm {PLACE}/*"},
            "left": {"ansible.builtin.shell": f"find /root/.ansible/tmp {PLACE} -type f -size +900k"},
        },
        tmp_path,
    )
    assert told["foretold"]["changed"]
    assert "content.src" in told["missing"]["msg"]
    assert "content.checksum" in told["wrong"]["msg"]
    assert "content.timeout" in told["bad"]["msg"]
    assert told["made"]["changed"]
    assert told["made"]["changes"] == [
        {"path": "state", "before": "absent", "after": "present", "when": "stored"},
        {"path": "name", "before": None, "after": "disk", "when": "stored"},
        {"path": "format", "before": None, "after": "raw", "when": "stored"},
        {"path": "content", "before": None, "after": f"image.raw (sha256:{good})", "when": "stored"},
    ]
    assert not told["again"]["changed"]
    assert "overwrite=true" in told["other"]["msg"]
    assert told["other_again"]["changed"]
    assert told["gone"]["changed"]  # for which nothing has to be there
    assert [change["path"] for change in told["unseen"]["changes"]] == ["state", "content"]
    assert told["background"]["changed"]
    assert "async" in told["background_brings"]["msg"]
    assert told["left"]["stdout"] == ""
    assert "Traceback" not in printed
