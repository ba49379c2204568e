# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two sites of two hosts each, in a lab of their own, and guests that write sequences there."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

from harness import tiny
from harness.host import LAB, TOP
from harness.playbooks import BUILT

NAME = os.environ.get("HYPERVISE_RECOVERY_LAB", "hypervise-recovery")

SITES = {"berlin": ("hv1", "hv2"), "munich": ("hv3", "hv4")}
HOSTS = [name for names in SITES.values() for name in names]

#: guest -> its place in either site, and its priority
GUESTS = {"db1": (0, 1), "app1": (0, 2), "app2": (1, 2), "web1": (1, 3)}

REPOSITORY = "/srv/replica"
IMAGES = {"berlin": "/srv/berlin", "munich": "/srv/munich"}
NETWORKS = {"berlin": "lan", "munich": "lan-m"}

PLAN: dict[str, Any] = {
    "name": "shop",
    "sites": [{"name": site, "hosts": list(hosts), "repository": REPOSITORY} for site, hosts in SITES.items()],
    "guests": [
        {"name": name, "hosts": {site: hosts[place] for site, hosts in SITES.items()}, "priority": priority}
        for name, (place, priority) in GUESTS.items()
    ],
    "networks": [NETWORKS],
    "directories": [IMAGES],
    "bubbles": [{"name": NETWORKS["munich"]}],
    "ready": {"agent": True, "timeout": 300},
    "rpo": 1800,
    "rto": 900,
}
PLAN["guests"][2]["depends_on"] = ["app1"]

#: Goes on with the sequence that is on the disk: record N, of 16 bytes, at its place; on the disk before it is counted.
_WRITE = r"""
(n=$(dd if=/dev/vda bs=64k 2>/dev/null | tr -d '\0' | wc -l); while :; do
    n=$((n + 1))
    printf '%15d\n' $n | dd of=/dev/vda bs=16 seek=$n conv=notrunc,fsync 2>/dev/null && echo $n >/run/acked
done) >/dev/null 2>&1 </dev/null &
"""

#: Prints how many records there are, without a gap and each what it has to be; the first one that is not, otherwise.
_READ = r"""
echo 3 >/proc/sys/vm/drop_caches
dd if=/dev/vda bs=64k 2>/dev/null | tr -d '\0' |
    awk '$1 + 0 != NR { print "record " NR " is " $0; exit } END { print NR }'
"""


def lab(*arguments: str) -> str:
    """Run the command of the lab, which has to succeed, and return what it printed."""
    done = subprocess.run(
        [LAB, *arguments],
        env={**os.environ, "HYPERVISE_LAB": NAME},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    assert done.returncode == 0, f"lab {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def on(host: str, script: str) -> str:
    """Run a shell script on a host."""
    return lab("ssh", host, f"set -eu\n{script}")


def begin_playing(playbook: str, directory: Path, variables: dict[str, Any]) -> subprocess.Popen[str]:
    """Run a playbook on both sites."""
    inventory = directory / "inventory.yml"
    inventory.write_text(lab("inventory"))
    command = ["ansible-playbook", "-i", str(inventory), playbook, "--extra-vars", json.dumps(variables)]
    return subprocess.Popen(
        [TOP / ".cache/venv/bin" / command[0], *command[1:]],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(BUILT / "collections"),
            "ANSIBLE_HOME": str(BUILT),
            "ANSIBLE_PIPELINING": "true",
            "LC_ALL": "C.UTF-8",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that all of it can be killed
    )


def play(playbook: str, directory: Path, fails: bool = False, **variables: Any) -> str:
    """Run a playbook to its end, which has to be the one that is expected, and return what it printed."""
    running = begin_playing(playbook, directory, variables)
    printed, _nothing = running.communicate()
    assert (running.returncode != 0) == fails, f"{playbook} exited with {running.returncode}:\n{printed}"
    return printed


def recover(mode: str, directory: Path, fails: bool = False, **variables: Any) -> dict[str, Any]:
    """Run one of the playbooks, and return its report."""
    reports = directory / f"reports-{mode}-{len(list(directory.glob('reports-*')))}"
    wish = {"disaster_recovery_plan": PLAN, "disaster_recovery_reports": str(reports), **variables}
    printed = play(f"hypervise.kvm.dr_{mode}", directory, fails, **wish)
    found = list(reports.glob("shop/*.json"))
    told: dict[str, Any] = json.loads(found[0].read_text()) if found else {"problems": [printed]}
    assert fails or told["ok"], told["problems"]
    return told


def host_of(guest: str, site: str) -> str:
    """Return where a guest is, or would be."""
    return SITES[site][GUESTS[guest][0]]


def in_guest(guest: str, site: str, script: str, name: str = "") -> str:
    """Run a shell script inside a guest."""
    command = f"python3 -c {shlex.quote(tiny.RUN)} {shlex.quote(name or guest)} {shlex.quote(script)}"
    return on(host_of(guest, site), command).strip()


def begin_writing(site: str) -> None:
    """Have all guests go on with their sequences."""
    for guest in GUESTS:
        in_guest(guest, site, _WRITE)


def acknowledged(guest: str, site: str) -> int:
    """Return how many records are surely on the disk."""
    return int(in_guest(guest, site, "said=; while [ -z $said ]; do read said </run/acked; done; echo $said"))


def written(guest: str, site: str, name: str = "") -> int:
    """Return how many records there are on the disk, each of which has to be what it was."""
    told = in_guest(guest, site, _READ, name).splitlines()
    assert len(told) == 1, f"{guest} at {site}: {told}"
    return int(told[0])


def states(site: str) -> dict[str, str]:
    """Return the states of all domains at a site."""
    script = "virsh list --all --name | grep . | while read name; do echo $name $(virsh domstate $name); done"
    lines = [line for host in SITES[site] for line in on(host, script).splitlines()]
    return dict(line.split(" ", 1) for line in lines)


def image(guest: str, site: str) -> str:
    """Return the sum of what is on a guest's disk, while it is off or writes nothing."""
    return _sum(host_of(guest, site), f"{IMAGES[site]}/{guest}.qcow2")


def kept(guest: str, site: str) -> str:
    """Return the sum of what was kept of a guest's disk."""
    return _sum(host_of(guest, site), f"$(ls {REPOSITORY}-diverged/guests/{guest}.*/*/vda.qcow2)")


def _sum(host: str, path: str) -> str:
    script = f"file=$(mktemp -p /srv); qemu-img convert -U -O raw {path} $file; sha256sum <$file; rm $file"
    return on(host, script).split()[0]
