# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping a host's processes together under a name, so that all of them can be found and killed.

On a machine that runs systemd a host is a transient service. Elsewhere (a container, a small VM with another init)
it is a cgroup that we make ourselves. Either way the kernel knows which processes belong to the host, whatever
they did to detach themselves, and nothing else has to be remembered.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from hvlab.commands import run, succeeds
from hvlab.errors import LabError

KILL_TIMEOUT = 30  # seconds

_SUPERVISE = Path(__file__).parent / "host_files" / "supervise"


def start(unit: str, command: Sequence[str], log: Path) -> None:
    """Run a command in the background, in a mount namespace of its own, its output going to the log.

    It is run again when it exits with 133, as systemd-nspawn does when its host reboots.
    """
    if _systemd():
        properties = (
            "Delegate=yes",
            "PrivateMounts=yes",
            "RestartForceExitStatus=133",
            f"StandardOutput=append:{log}",
            "SuccessExitStatus=133",
            "TasksMax=infinity",
        )
        settings = [f"--property={p}" for p in properties]
        run(
            [
                "systemd-run",
                "--quiet",
                "--collect",
                f"--unit={unit}.service",
                "--description=A host of hypervise-lab",
                *settings,
                "--",
                *command,
            ]
        )
        return
    cgroup = _cgroup(unit)
    cgroup.mkdir(exist_ok=True)
    with log.open("ab") as output:
        subprocess.Popen(
            [_SUPERVISE, cgroup, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def is_running(unit: str) -> bool:
    if _systemd():
        return succeeds("systemctl", "is-active", "--quiet", f"{unit}.service")
    try:
        return "populated 1" in (_cgroup(unit) / "cgroup.events").read_text()
    except FileNotFoundError:
        return False


def kill(unit: str) -> None:
    """SIGKILL every process of the unit, and return when none is left."""
    if _systemd():
        succeeds("systemctl", "kill", "--signal=KILL", f"{unit}.service")
        succeeds("systemctl", "stop", f"{unit}.service")
    else:
        _remove_cgroup(_cgroup(unit))
    if is_running(unit):
        raise LabError(f"{unit} has processes that do not die of SIGKILL")


def processes(unit: str) -> list[str]:
    """The process ids of a running unit."""
    try:
        return [pid for path in _cgroup(unit).rglob("cgroup.procs") for pid in path.read_text().split()]
    except OSError:  # a part of it ended
        return []


def units(prefix: str) -> list[str]:
    """The units that there are, running or not."""
    if _systemd():
        listed = run(["systemctl", "list-units", "--all", "--plain", "--no-legend", f"{prefix}*.service"])
        return [line.split()[0].removesuffix(".service") for line in listed.splitlines()]
    return [path.name for path in _hierarchy().glob(f"{prefix}*")]


def _systemd() -> bool:
    return Path("/run/systemd/system").is_dir()


def _cgroup(unit: str) -> Path:
    if _systemd():
        shown = run(["systemctl", "show", "--property=ControlGroup", "--value", f"{unit}.service"])
        return Path(f"/sys/fs/cgroup{shown.strip()}") if shown.strip() else Path("/nonexistent")
    return _hierarchy() / unit


def _hierarchy() -> Path:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        place, kind = line.split()[1:3]
        if kind == "cgroup2":
            return Path(place)
    raise LabError("this machine has no cgroup v2 hierarchy mounted (mount -t cgroup2 cgroup2 DIRECTORY)")


def _remove_cgroup(cgroup: Path) -> None:
    deadline = time.monotonic() + KILL_TIMEOUT
    while cgroup.exists() and time.monotonic() < deadline:
        # Over again until it is gone: somebody may have joined it after the kill.
        with contextlib.suppress(OSError):
            (cgroup / "cgroup.kill").write_text("1")
            for child in sorted(cgroup.rglob("*/"), reverse=True):
                child.rmdir()
            cgroup.rmdir()
            return
        time.sleep(0.02)
