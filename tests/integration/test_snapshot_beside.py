# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest keeps beside its disks goes with its snapshots: UEFI variables, and the state of a TPM."""

from __future__ import annotations

from typing import Any

import pytest
from harness import laws
from harness.host import SCRATCH, Host
from harness.snapshots import GUEST, define, twin

ONE: dict[str, Any] = {"domain": [GUEST], "name": "one"}
VARIABLES = f"/var/lib/libvirt/qemu/nvram/{GUEST}_VARS.fd"


def once_on(host: Host) -> None:
    """Switch the guest on and off, as it has nothing beside its disks until then."""
    for state in ("running", "stopped"):
        host.run("domain", name=GUEST, state=state, shutdown={"timeout": 0, "on_timeout": "destroy"})


@pytest.mark.parametrize(("word", "left"), [("nvram", []), ("keep_nvram", [VARIABLES, f"{VARIABLES}.one"])])
def test_variables_go_with_the_domain(host: Host, word: str, left: list[str]) -> None:
    define(host, os={"firmware": "efi"}, memory="64MiB")
    once_on(host)
    twin(host, "snapshot", **ONE, type="external")
    assert host.sh(f"ls {VARIABLES}*").split() == [VARIABLES, f"{VARIABLES}.one"]
    laws.twin(host, "domain", name=GUEST, state="absent", undefine=["snapshots_metadata", word])
    assert host.sh(f"ls {VARIABLES}* 2>/dev/null || true").split() == left


@pytest.mark.parametrize("power", ["stopped", "running"])
def test_tpm_is_what_it_was(host: Host, power: str) -> None:
    """Where the memory, which has it, is not kept."""
    define(host, tpms=[{"model": "tpm-crb", "backend": {"type": "emulator", "version": "2.0"}}])
    once_on(host)
    uuid = host.sh(f"virsh domuuid {GUEST}").strip()
    state = f"/var/lib/libvirt/swtpm/{uuid}/tpm2/tpm2-00.permall"
    host.run("domain", name=GUEST, state=power)
    kind = "internal" if power == "stopped" else "external"
    twin(host, "snapshot", **ONE, type=kind)
    then = host.sh(f"sha256sum <{state}.one")
    host.run("domain", name=GUEST, state="stopped", shutdown={"timeout": 0, "on_timeout": "destroy"})
    if kind == "internal" or host.release != "bookworm":
        host.sh(f"printf x >>{state}")
        twin(host, "snapshot_revert", **ONE, discard=True)
        assert host.sh(f"sha256sum <{state}") == then
        host.run("domain", name=GUEST, state="running")
    twin(host, "snapshot", **ONE, state="absent")
    assert host.sh(f"ls {state}*").strip() == state
    host.run("domain", name=GUEST, state="absent", undefine=["tpm"], shutdown={"timeout": 0, "on_timeout": "destroy"})
    assert host.sh(f"ls {SCRATCH}").split() == ["vda.qcow2", "vdb.qcow2"]
