# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: started, paused, stopped and removed; waits that do not end as hoped."""

from __future__ import annotations

import itertools
import time
from typing import Any

from harness import laws, tiny
from harness.host import PREFIX, SCRATCH, Host, Result
from harness.laws import twin

NAME = f"{PREFIX}power"
#: A guest with nothing to boot, which hears no power button.
DEAF: dict[str, Any] = {"name": NAME, "type": "qemu", "memory": "64MiB"}
PULL = {"timeout": 0, "on_timeout": "destroy"}
STATES = ("running", "paused", "saved", "stopped", "absent", "present")


def test_from_every_state_to_every_other(host: Host) -> None:
    host.run("domain", **DEAF)
    now = "stopped"
    for before, after in itertools.product(STATES[:-1], STATES):
        if now != before:
            if before == "saved" and now in ("stopped", "absent"):
                host.run("domain", **DEAF, state="running")
            reach(host, before)
        now = before
        if after == "saved" and before in ("stopped", "absent"):
            assert "no memory that could be saved" in laws.refused(host, "domain", **DEAF, state=after)
            continue
        done = reach(host, after)
        now = {"present": "stopped" if before == "absent" else before}.get(after, after)
        assert done.changed == (now != before), (before, after)
        assert power(host) == now, (before, after)
        assert not reach(host, after).changed, (before, after)


def reach(host: Host, state: str) -> Result:
    return twin(host, "domain", **DEAF, state=state, shutdown=PULL, undefine=["managed_save"])


def power(host: Host) -> str:
    found = host.run("domain_info", name=[NAME])["domains"]
    return str(found[0]["state"]) if found else "absent"


def test_guest_that_hears_no_button(host: Host) -> None:
    host.run("domain", **DEAF, state="running")
    began = time.monotonic()
    failed = host.fails("domain", **DEAF, state="stopped", shutdown={"timeout": 3})
    assert 3 <= time.monotonic() - began < 10
    assert "still runs after 3 seconds" in failed["msg"]
    assert (failed["error"]["type"], failed["error"]["state"]) == ("Timeout", "running")
    assert power(host) == "running"
    failed = host.fails("domain", name=NAME, state="absent", shutdown={"timeout": 1})
    assert failed["error"]["steps_left"] == ["undefine"]
    assert power(host) == "running"
    assert twin(host, "domain", **DEAF, state="stopped", shutdown={"timeout": 1, "on_timeout": "destroy"}).changed
    assert power(host) == "stopped"


def test_guest_that_ignores_the_button(host: Host) -> None:
    """An operating system that does not react to ACPI; its agent does what it is asked."""
    tiny.install(host)
    guest = {**DEAF, "memory": "128MiB", **tiny.boot("hv.ignore_acpi")}
    host.run("domain", **guest, state="running", wait_for="agent")
    failed = host.fails("domain", **guest, state="stopped", shutdown={"timeout": 3, "mode": ["acpi"]})
    assert (failed["error"]["type"], failed["error"]["state"]) == ("Timeout", "running")
    assert tiny.sh(host, NAME, "id -u") == "0"
    forced = {"timeout": 3, "mode": ["acpi"], "on_timeout": "destroy"}
    assert "virDomainDestroyFlags" in twin(host, "domain", **guest, state="stopped", shutdown=forced).changes
    host.run("domain", **guest, state="running", wait_for="agent")
    asked = twin(host, "domain", **guest, state="stopped", shutdown={"timeout": 60, "mode": ["agent"]})
    assert "virDomainDestroyFlags" not in asked.changes
    assert "asked to power off" in host.sh("journalctl --since -10min --no-pager")


def test_saved_guest_keeps_its_memory(host: Host) -> None:
    tiny.install(host)
    guest = {**DEAF, "memory": "128MiB", **tiny.boot()}
    host.run("domain", **guest, state="running", wait_for="agent")
    tiny.sh(host, NAME, "echo remembered >/run/note")
    assert twin(host, "domain", **guest, state="saved")["steps"] == ["save"]
    assert told(host)["state_reason"] == "saved"
    assert twin(host, "domain", **guest, state="running", wait_for="agent")["steps"][0] == "restore"
    assert tiny.sh(host, NAME, "cat /run/note") == "remembered"
    host.run("domain", name=NAME, state="saved")
    stopped = twin(host, "domain", name=NAME, state="stopped", shutdown={"timeout": 60})
    assert stopped["steps"] == ["restore", "shut down"]
    assert "virDomainDestroyFlags" not in stopped.changes


def test_what_is_changed_of_a_saved_guest_waits(host: Host) -> None:
    """It is restored as it was; what was changed meanwhile waits for a restart, and says so all the time."""
    host.run("domain", **DEAF, title="one", state="paused")
    assert twin(host, "domain", name=NAME, state="saved")["pending_restart"] == []
    assert told(host)["pending_restart"] == []
    wish = {**DEAF, "memory": "96MiB", "title": "two"}
    changed = twin(host, "domain", **wish)
    assert {change["when"] for change in changed["changes"]} == {"restart"}
    assert set(changed["pending_restart"]) >= {"memory", "title"}
    for _again in range(2):
        again = twin(host, "domain", **wish)
        assert not again.changed
        assert set(again["pending_restart"]) >= {"memory", "title"} <= set(told(host)["pending_restart"])
    restored = twin(host, "domain", name=NAME, state="running")
    assert set(restored["pending_restart"]) >= {"memory", "title"}
    twin(host, "domain", **wish, state="running", restart="if_needed", shutdown=PULL)
    assert told(host)["pending_restart"] == []


def test_restart_where_it_is_allowed(host: Host) -> None:
    for state in ("running", "paused"):
        host.run("domain", **DEAF, state=state)
        assert host.run("domain", **{**DEAF, "memory": "96MiB"})["pending_restart"] == ["memory"]
        allowed = {**DEAF, "memory": "96MiB", "vcpus": 2, "restart": "if_needed", "shutdown": PULL}
        done = twin(host, "domain", **allowed)
        assert done.paths == ["vcpus", "pending_restart"]
        assert set(done["diff"]["before"]["pending_restart"]) >= {"memory", "vcpus"}
        assert done["pending_restart"] == []
        assert power(host) == state
        assert told(host)["pending_restart"] == []
        assert not twin(host, "domain", **allowed).changed
        assert not twin(host, "domain", **allowed, state=state).changed
        host.run("domain", name=NAME, state="absent", shutdown=PULL)


def test_restart_of_a_guest_that_does_not_stop(host: Host) -> None:
    host.run("domain", **DEAF, state="running")
    wish = {**DEAF, "memory": "96MiB", "restart": "if_needed"}
    failed = host.fails("domain", **wish, shutdown={"timeout": 2})
    assert (failed["error"]["step"], failed["error"]["state"]) == ("shut down", "running")
    assert failed["error"]["steps_left"] == ["start", "look what still waits"]
    assert told(host)["pending_restart"] == ["memory", "current_memory"]
    finished = twin(host, "domain", **wish, shutdown={"timeout": 1, "on_timeout": "destroy"})
    assert finished.paths == ["pending_restart"]
    assert told(host)["pending_restart"] == []


def told(host: Host) -> dict[str, Any]:
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    assert isinstance(found, dict)
    return found


def test_changes_are_stored_when_the_guest_is_stopped(host: Host) -> None:
    """Nothing waits for the restart of a guest that is stopped by the same task."""
    host.run("domain", **DEAF, state="running")
    stopped = twin(host, "domain", **{**DEAF, "memory": "96MiB"}, state="stopped", shutdown=PULL)
    assert set(stopped.paths) == {"memory", "state"}
    assert stopped["pending_restart"] == []


def test_transient_guest_is_made_persistent(host: Host) -> None:
    host.run("domain", **DEAF, state="running")
    host.sh(f"virsh undefine {NAME}")
    assert twin(host, "domain", **DEAF, state="running").paths == ["persistent"]
    host.sh(f"virsh undefine {NAME}")
    assert twin(host, "domain", name=NAME, state="absent", shutdown=PULL).changed
    assert power(host) == "absent"


def test_wait_for_agent_needs_a_channel(host: Host) -> None:
    assert "org.qemu.guest_agent.0" in laws.refused(host, "domain", **DEAF, state="running", wait_for="agent")
    channels = [tiny.AGENT]
    assert "state: running" in laws.refused(host, "domain", **DEAF, channels=channels, wait_for="agent")
    host.run("domain", **DEAF, channels=channels)
    gone = laws.refused(host, "domain", **DEAF, channels=[], state="running", wait_for="agent")
    assert gone.startswith("Invalid options: wait_for")


def test_agent_that_does_not_answer(host: Host) -> None:
    failed = host.fails("domain", **DEAF, channels=[tiny.AGENT], state="running", wait_for="agent", wait_timeout=2)
    assert "did not answer within 2 seconds" in failed["msg"]
    assert failed["error"]["state"] == "running"


def test_guest_that_dies_while_it_is_waited_for(host: Host) -> None:
    tiny.install(host)
    failed = host.fails(
        "domain",
        **{**DEAF, "memory": "128MiB", **tiny.boot("rdinit=/bin/false")},
        on_reboot="destroy",
        state="running",
        wait_for="agent",
        wait_timeout=60,
    )
    assert "stopped while it was waited for" in failed["msg"]


def test_removal_asks_about_everything(host: Host) -> None:
    """UEFI variables, a TPM, a saved state and a snapshot: each needs its word, and no disk is touched."""
    host.needs("ovmf", "swtpm", "swtpm-tools")
    host.sh(
        f"cd {SCRATCH} && qemu-img create -q -f qcow2 disk.qcow2 1M && truncate -s 1M data.raw && echo hello >data.raw"
    )
    spec = {
        **DEAF,
        "os": {"firmware": "efi"},
        "tpms": [{"model": "tpm-crb", "backend": {"type": "emulator", "version": "2.0"}}],
        "disks": [
            {"target": "vda", "source": {"file": f"{SCRATCH}/disk.qcow2"}, "driver": {"type": "qcow2"}},
            {"target": "vdb", "source": {"file": f"{SCRATCH}/data.raw"}, "driver": {"type": "raw"}},
        ],
    }
    host.run("domain", **spec, state="running")
    host.sh(f"virsh snapshot-create-as {NAME} one --disk-only --diskspec vdb,snapshot=no && virsh managedsave {NAME}")
    before = host.sh(f"cd {SCRATCH} && sha256sum *")
    said = laws.refused(host, "domain", name=NAME, state="absent")
    for word in ("managed_save", "snapshots_metadata", "nvram or keep_nvram", "tpm or keep_tpm"):
        assert word in said
    some = ["managed_save", "snapshots_metadata"]
    said = laws.refused(host, "domain", name=NAME, state="absent", undefine=some)
    assert "nvram or keep_nvram" in said
    assert "managed_save" not in said
    removed = twin(host, "domain", name=NAME, state="absent", undefine=[*some, "nvram", "tpm"])
    assert removed.paths == ["state"]
    assert power(host) == "absent"
    assert host.sh(f"cd {SCRATCH} && sha256sum *") == before
    assert NAME not in host.sh("ls -R /var/lib/libvirt/qemu/nvram /var/lib/libvirt/swtpm")
    assert not twin(host, "domain", name=NAME, state="absent").changed


def test_removal_keeps_what_it_is_told_to(host: Host) -> None:
    host.needs("ovmf", "swtpm", "swtpm-tools")
    host.run("domain", **DEAF, os={"firmware": "efi"}, state="running")
    host.run("domain", name=NAME, state="stopped", shutdown=PULL)
    assert "nvram" in laws.refused(host, "domain", name=NAME, state="absent", undefine=["tpm"])
    assert twin(host, "domain", name=NAME, state="absent", undefine=["keep_nvram"]).changed
    assert host.sh(f"rm -v /var/lib/libvirt/qemu/nvram/{NAME}*")
    assert "keep_nvram" in laws.refused(host, "domain", name=NAME, state="absent", undefine=["nvram", "keep_nvram"])
