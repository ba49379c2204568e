# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: started, paused, stopped and removed; waits that do not end as hoped."""

from __future__ import annotations

import itertools
import time
from typing import Any

from harness import laws, tiny
from harness.host import PREFIX, SCRATCH, Host
from harness.laws import twin

NAME = f"{PREFIX}power"
#: A guest with nothing to boot, which hears no power button.
DEAF: dict[str, Any] = {"name": NAME, "type": "qemu", "memory": "64MiB"}
PULL = {"timeout": 0, "on_timeout": "destroy"}
STATES = ("running", "paused", "stopped", "absent", "present")


def test_from_every_state_to_every_other(host: Host) -> None:
    host.run("domain", **DEAF)
    now = "stopped"
    for before, after in itertools.product(STATES[:-1], STATES):
        if now != before:
            host.run("domain", **DEAF, state=before, shutdown=PULL)
        done = twin(host, "domain", **DEAF, state=after, shutdown=PULL)
        now = {"present": "stopped" if before == "absent" else before}.get(after, after)
        assert done.changed == (now != before), (before, after)
        assert power(host) == now, (before, after)
        assert not twin(host, "domain", **DEAF, state=after, shutdown=PULL).changed, (before, after)


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
    install_uefi_and_tpm(host)
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
    install_uefi_and_tpm(host)
    host.run("domain", **DEAF, os={"firmware": "efi"}, state="running")
    host.run("domain", name=NAME, state="stopped", shutdown=PULL)
    assert "nvram" in laws.refused(host, "domain", name=NAME, state="absent", undefine=["tpm"])
    assert twin(host, "domain", name=NAME, state="absent", undefine=["keep_nvram"]).changed
    assert host.sh(f"rm -v /var/lib/libvirt/qemu/nvram/{NAME}*")
    assert "keep_nvram" in laws.refused(host, "domain", name=NAME, state="absent", undefine=["nvram", "keep_nvram"])


def install_uefi_and_tpm(host: Host) -> None:
    host.sh(
        "dpkg-query --show ovmf swtpm swtpm-tools >/dev/null 2>&1 ||"
        " DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends --yes ovmf swtpm swtpm-tools"
    )
