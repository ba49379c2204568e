# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a snapshot is what was there: what the guest sees on its disks, and the program that it runs.

Every kind of snapshot of a guest that runs or is off, with BIOS or UEFI, is taken and reverted to, or refused with the
reason. C(pytest -s) shows the table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness import tiny
from harness.host import Host
from harness.snapshots import GUEST, assert_holds, content, define, listed, scribble, twin

MODES: dict[str, dict[str, Any]] = {
    "internal": {"type": "internal"},
    "memory": {"type": "external", "memory": True},
    "quiesced": {"type": "external", "quiesce": True},
    "disk-only": {"type": "external"},
}
DONE = "done"
VARIABLES = f"/var/lib/libvirt/qemu/nvram/{GUEST}_VARS.fd"
#: In it, behind the 256 KiB of variables: a log of events that no firmware keeps, so that it leaves this page alone.
EVENTS = 0x40000

#: What is refused, and a part of the reason.
NO_REVERT = "cannot revert to external"


def expected(release: str, firmware: str, power: str, mode: str) -> str:
    if mode == "quiesced" and firmware == "uefi" and power == "running":
        return "its guest agent is not connected"
    if power == "stopped" and mode in ("memory", "quiesced"):
        return "does not run" if mode == "memory" else "it is stopped"
    if mode == "internal":
        return "UEFI variables" if firmware == "uefi" else DONE
    return NO_REVERT if release == "bookworm" else DONE


def test_with_bios(host: Host) -> None:
    """Linux runs in the guest, and tells itself what it sees."""
    tiny.install(host)
    stated = define(host, memory="128MiB", **tiny.boot(), state="running")
    host.run("domain", **stated, wait_for="agent")
    through_the_matrix(host, "bios", running)


def test_with_uefi(host: Host) -> None:
    """Only the firmware runs, as with it Linux takes minutes to come up without KVM: QEMU tells what it sees."""
    define(host, memory="64MiB", os={"firmware": "efi"}, state="running")
    off(host)
    put_variable(host, 1)  # which QEMU has in memory from the start on
    host.run("domain", name=GUEST, state="running")
    through_the_matrix(host, "uefi", running_firmware)


def through_the_matrix(host: Host, firmware: str, cell: Callable[[Host, dict[str, Any]], str]) -> None:
    for power in ("running", "stopped"):
        for mode, options in MODES.items():
            outcome = (cell if power == "running" else stopped)(host, options)
            print(f"{host.release:9} {firmware:5} {power:8} {mode:10} {outcome}")
            assert expected(host.release, firmware, power, mode) in outcome, f"{power} {mode}: {outcome}"
        off(host)


def off(host: Host) -> None:
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})


def running(host: Host, options: dict[str, Any]) -> str:
    write(host)
    before, born = seen(host), inside(host, "cat /proc/sys/kernel/random/boot_id")
    counted = int(inside(host, "cat /run/counter"))
    wish = {"domain": [GUEST], "name": "one", **options}
    refusal = taken(host, wish)
    if refusal:
        return refusal
    keeps_memory = options["type"] == "internal" or options.get("memory", False)
    write(host)
    inside(host, "echo >/run/later")
    after = seen(host)
    assert after != before
    refusal = reverted(host, power="running")
    if refusal:
        removed(host)
        assert seen(host) == after, "removing a snapshot changed what the guest sees"
        return refusal
    if not keeps_memory:
        host.run("domain", name=GUEST, state="running", wait_for="agent")
    assert seen(host) == before
    assert (inside(host, "cat /proc/sys/kernel/random/boot_id") == born) == keeps_memory
    assert inside(host, "ls /run/later 2>/dev/null || true") == ""
    if keeps_memory:
        assert counted <= int(inside(host, "cat /run/counter"))
    removed(host)
    assert seen(host) == before
    return DONE


def running_firmware(host: Host, options: dict[str, Any]) -> str:
    through_qemu(host, "write -P 1 1M 300k")
    put_variable(host, 1)
    refusal = taken(host, {"domain": [GUEST], "name": "one", **options})
    if refusal:
        return refusal
    through_qemu(host, "write -P 2 1M 300k")
    put_variable(host, 2)
    refusal = reverted(host, power="running")
    now = 2 if refusal else 1
    assert host.sh(f"virsh domstate {GUEST}").strip() == "running"
    assert host.sh(f"dd if={VARIABLES} bs=1 skip={EVENTS} count=1 status=none") == str(now)
    removed(host)
    through_qemu(host, "flush")
    assert_holds(host, now)
    assert host.sh(f"ls {VARIABLES}*").strip() == VARIABLES, "a copy of UEFI variables was left behind"
    return refusal or DONE


def put_variable(host: Host, value: int) -> None:
    """Write into the file of UEFI variables, where no variable is."""
    host.sh(f"printf {value} | dd of={VARIABLES} bs=1 seek={EVENTS} conv=notrunc status=none")


def through_qemu(host: Host, command: str) -> None:
    """Let QEMU write to both disks as if the guest did. What it says to that goes to its log."""
    ask = f"virsh qemu-monitor-command {GUEST} --hmp 'qemu-io -d virtio-disk%d/virtio-backend \"{command}\"'"
    host.sh(f"{ask % 0} && {ask % 1}")


def stopped(host: Host, options: dict[str, Any]) -> str:
    scribble(host, 1)
    before = content(host)
    refusal = taken(host, {"domain": [GUEST], "name": "one", **options})
    if refusal:
        return refusal
    scribble(host, 2)
    after = content(host)
    assert after != before
    refusal = reverted(host)
    removed(host)
    assert content(host) == (after if refusal else before)
    return refusal or DONE


def taken(host: Host, wish: dict[str, Any]) -> str:
    """Take the snapshot, '' if that is done, and otherwise the reason why not."""
    foretold = host.attempt("snapshot", check=True, **wish)
    if foretold.failed:
        assert host.refused("snapshot", **wish)["msg"] == foretold["msg"]
        return str(foretold["msg"])
    twin(host, "snapshot", **wish)
    return ""


def reverted(host: Host, power: str = "snapshot") -> str:
    wish: dict[str, Any] = {"domain": [GUEST], "name": "one", "discard": True, "power": power}
    foretold = host.attempt("snapshot_revert", check=True, **wish)
    if foretold.failed:
        assert host.refused("snapshot_revert", **wish)["msg"] == foretold["msg"]
        return str(foretold["msg"])
    twin(host, "snapshot_revert", **wish)
    return ""


def removed(host: Host) -> None:
    twin(host, "snapshot", domain=[GUEST], name="one", state="absent")
    assert listed(host) == []


def inside(host: Host, command: str) -> str:
    return tiny.sh(host, GUEST, command)


def write(host: Host) -> None:
    """Let the guest write something new to both disks."""
    inside(host, "for disk in vda vdb; do head -c 300k /dev/urandom | dd of=/dev/$disk bs=64k seek=3 2>&-; done; sync")


def seen(host: Host) -> str:
    """What the guest sees on its disks."""
    return inside(host, "echo 3 >/proc/sys/vm/drop_caches; sha256sum /dev/vda /dev/vdb")
