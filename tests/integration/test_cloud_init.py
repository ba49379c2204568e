# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds for cloud-init: what is in them, that they are made anew only where that changes, what they leave alone."""

from __future__ import annotations

import json
import shlex
from typing import Any

import yaml
from harness.host import PREFIX, SCRATCH, Host

POOL = f"{PREFIX}pool"
NAME = "web1-seed.iso"
PLACE = f"{SCRATCH}/pool/{NAME}"
SECRET = "hunter2hunter2"
OPTIONS: dict[str, Any] = {
    "pool": POOL,
    "name": NAME,
    "user_data": {"users": [{"name": "web1", "plain_text_passwd": SECRET}]},
    "network_config": {"version": 2},
}

#: Prints the label of an image, and its files.
READ = """
import io, json, pycdlib, sys
iso = pycdlib.PyCdlib()
iso.open(sys.argv[1])
files = {}
for entry in iso.list_children(rr_path="/"):
    if entry.is_file():
        text = io.BytesIO()
        iso.get_file_from_iso_fp(text, rr_path="/" + entry.rock_ridge.name().decode())
        files[entry.rock_ridge.name().decode()] = text.getvalue().decode()
print(json.dumps([iso.pvd.volume_identifier.decode().strip(), files]))
"""


def have_pool(host: Host) -> None:
    host.needs("python3-pycdlib")
    host.run("storage_pool", name=POOL, type="dir", target={"path": f"{SCRATCH}/pool"}, state="active")


def test_life(one_host: Host) -> None:
    host = one_host
    have_pool(host)
    foretold = host.foretells("cloud_init", **OPTIONS)
    made = host.run("cloud_init", **OPTIONS)
    assert made["diff"] == foretold["diff"]
    assert made["path"] == PLACE
    label, files = json.loads(host.sh(f"/usr/bin/python3 -c {shlex.quote(READ)} {PLACE}"))
    assert label == "cidata"
    assert yaml.safe_load(files["user-data"]) == OPTIONS["user_data"]
    assert json.loads(files["meta-data"]) == {"instance-id": "web1-seed"}
    assert host.sh(f"stat -c %a {PLACE}").strip() == "600"
    host.sh("sleep 1")
    assert not host.run("cloud_init", **OPTIONS)["changed"]
    other = {**OPTIONS, "instance_id": "second"}
    assert host.foretells("cloud_init", **other)["changed"]
    changed = host.run("cloud_init", **other)
    assert "cloud-init does most of it only where the instance_id is another one" in json.dumps(
        changed.data["warnings"]
    )
    assert not host.run("cloud_init", **other)["changed"]
    assert SECRET not in json.dumps([made.data, foretold.data, changed.data])
    assert SECRET not in host.sh("journalctl --since -5min --output cat 2>/dev/null || true")
    host.run("cloud_init", pool=POOL, name=NAME, state="absent")
    assert not host.run("cloud_init", pool=POOL, name=NAME, state="absent")["changed"]
    assert host.sh(f"ls {SCRATCH}/pool") == ""


def test_what_is_not_touched(one_host: Host) -> None:
    """A volume of somebody else, and a seed that a running guest has."""
    host = one_host
    have_pool(host)
    host.run("volume", pool=POOL, name="disk", capacity="1MiB", format="raw")
    for state in ("present", "absent"):
        refused = host.refused("cloud_init", pool=POOL, name="disk", state=state)
        assert "is no seed that hypervise.kvm.cloud_init made" in refused["msg"]
    host.run("cloud_init", **OPTIONS)
    cdrom = {"target": "sda", "device": "cdrom", "bus": "sata", "source": {"pool": POOL, "volume": NAME}}
    host.run("domain", name=f"{PREFIX}seeded", type="qemu", memory="64MiB", disks=[cdrom], state="paused")
    assert not host.run("cloud_init", **OPTIONS)["changed"]
    assert "Stop these guests" in host.refused("cloud_init", **{**OPTIONS, "instance_id": "second"})["msg"]
    assert "in use by" in host.refused("cloud_init", pool=POOL, name=NAME, state="absent")["msg"]
