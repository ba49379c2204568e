# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks cost, beside ansible.builtin.ping, community.libvirt and a bare script: see README.md."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
sys.path[:0] = [str(TOP / "tests/integration"), str(Path(__file__).parent)]
os.environ.setdefault("HYPERVISE_LAB", "bench")

import fleet  # noqa: E402
from harness import lab  # noqa: E402
from harness.host import HOME, Host  # noqa: E402
from harness.playbooks import BUILT  # noqa: E402

#: The Ansible community package, which contains community.libvirt, for the core that the tests use.
PEERS = "ansible==12.3.0"
CACHE = TOP / ".cache/bench"
#: Where the collection is; HYPERVISE_COLLECTIONS for another than test.sh built.
COLLECTIONS = os.environ.get("HYPERVISE_COLLECTIONS", BUILT / "collections")
NAME = "law-bench-0000"

#: A guest as a playbook states it; nothing of it differs from what define() in on_host.py makes.
STATED: dict[str, Any] = {
    "name": NAME,
    "memory": "2GiB",
    "vcpus": 2,
    "disks": [
        {"target": "vda", "source": {"file": f"/srv/{NAME}.qcow2"}, "driver": {"type": "qcow2"}},
        {"target": "sda", "device": "cdrom", "bus": "sata"},
    ],
    "interfaces": [
        {"source": {"network": "default"}, "model": "virtio"},
        {"source": {"network": "storage"}, "model": "virtio"},
    ],
}

TASKS: dict[str, tuple[str, dict[str, Any]]] = {
    "ping": ("ansible.builtin.ping", {}),
    "domain, nothing to change": ("hypervise.kvm.domain", STATED),
    "domain, state alone": ("hypervise.kvm.domain", {"name": NAME, "state": "stopped"}),
    "domain_info of one": ("hypervise.kvm.domain_info", {"name": [NAME]}),
    "community virt, state alone": ("community.libvirt.virt", {"name": NAME, "state": "shutdown"}),
    "community virt, status": ("community.libvirt.virt", {"name": NAME, "command": "status"}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", default="10,100,1000", help="numbers of defined guests (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (%(default)s)")
    parser.add_argument("--tasks", type=int, default=20, help="tasks in a playbook, 0 to leave them out (%(default)s)")
    parser.add_argument("--fleets", default="10,50,200,1000", help="guests of a manifest, '' for none (%(default)s)")
    parser.add_argument("--profile", action="store_true", help="tell where domain_info spends its time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        lab.bring_up(Path(directory))
        host = Host(lab.NEWEST, lab.HOSTS[lab.NEWEST], coverage=False)
        host.put([(Path(__file__).with_name("on_host.py"), "on_host.py")], HOME)
        try:
            on_host(host, "define", 1)
            calls(host)
            if options.tasks:
                tasks(host, Path(directory), options.tasks, options.rounds)
            for number in map(int, filter(None, options.guests.split(","))):
                on_host(host, "define", number)
                gathering(host, number, options.rounds)
            if options.fleets:
                fleets(host, Path(directory), list(map(int, options.fleets.split(","))), options.rounds)
            if options.profile:
                print(on_host(host, "profile")["text"])
        finally:
            on_host(host, "define", 0)
            host.close()


def on_host(host: Host, *work: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        host.sh(f"cd {HOME} && /usr/bin/python3 on_host.py {shlex.quote(json.dumps(work))}")
    )
    return told


def calls(host: Host) -> None:
    """Count what single tasks ask of libvirt."""
    print("\nCalls to libvirt, opening and closing the connection included")
    ours = {
        title: (module.rpartition(".")[2], options)
        for title, (module, options) in TASKS.items()
        if module.startswith("hypervise.kvm.")
    }
    for title, counted in on_host(host, "counts", ours).items():
        _line(title, sum(counted["calls"].values()), _shown(counted["calls"]))


def tasks(host: Host, directory: Path, number: int, rounds: int) -> None:
    """Time tasks as a user runs them: what one more task of a kind adds to a playbook."""
    collections = f"{COLLECTIONS}:{peers()}"
    took: dict[str, list[float]] = {title: [] for title in TASKS}
    for _round in range(rounds):
        for title, (module, options) in TASKS.items():
            few, many = (_playbook(host, directory, collections, module, options, count) for count in (1, 1 + number))
            took[title].append((many - few) / number)
    print("\nOne task (over ssh, with pipelining), and how many times ping that is")
    ping = statistics.median(took["ping"])
    for title, seconds in took.items():
        median = statistics.median(seconds)
        _line(title, f"{1000 * median:.0f} ms", f"{median / ping:.2f}")


def fleets(host: Host, directory: Path, numbers: list[int], rounds: int) -> None:
    """Bring the host many guests, in each way."""

    def clear() -> None:
        on_host(host, "define", 0)
        host.sh("rm -rf /var/cache/hypervise-kvm")

    collections = f"{COLLECTIONS}:{peers()}"
    fleet.measure(
        numbers,
        rounds,
        lambda tasks: _play(host, directory, collections, tasks),
        clear,
        lambda number: on_host(host, "fleet", number),
    )


def _playbook(host: Host, directory: Path, collections: str, module: str, options: dict[str, Any], count: int) -> float:
    changes: list[str] = []
    took = _play(host, directory, collections, [{module: options, "loop": list(range(count))}], changes)
    if changes:
        sys.exit(f"{module} changed something: {changes}")
    return took


def _play(
    host: Host, directory: Path, collections: str, tasks: list[dict[str, Any]], changes: list[str] | None = None
) -> float:
    """Run tasks as a playbook; return the seconds that took, and put into I(changes) what it printed if they did."""
    inventory, playbook = directory / "inventory.yml", directory / "playbook.yml"
    if not inventory.exists():
        inventory.write_text(subprocess.check_output([TOP / "tests/lab/lab", "inventory"], text=True))
    playbook.write_text(json.dumps([{"hosts": host.name, "gather_facts": False, "tasks": tasks}]))
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": collections,
        "ANSIBLE_HOME": str(BUILT),
        "ANSIBLE_PIPELINING": "true",
        "LC_ALL": "C.UTF-8",
    }
    command: list[str | Path] = [TOP / ".cache/venv/bin/ansible-playbook", "-i", inventory, playbook]
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{done.stdout}{done.stderr}")
    if changes is not None and "changed=0" not in done.stdout:
        changes.append(done.stdout)
    return took


def peers() -> Path:
    """Have community.libvirt below .cache, from the Ansible community package on PyPI."""
    if not (CACHE / "ansible_collections/community/libvirt").is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        pip: list[str | Path] = [TOP / ".cache/venv/bin/pip", "download", "-qq", "--no-deps", "--dest", CACHE, PEERS]
        subprocess.run(pip, check=True)
        (wheel,) = CACHE.glob("ansible-*.whl")
        with zipfile.ZipFile(wheel) as packed:
            wanted = [name for name in packed.namelist() if name.startswith("ansible_collections/community/libvirt/")]
            packed.extractall(CACHE, wanted)
        wheel.unlink()
    return CACHE


def gathering(host: Host, number: int, rounds: int) -> None:
    """Report all domains of a host, beside a bare script that fetches the same."""
    print(f"\n{number} defined guests: time on the host, how many times the bare script that is, calls to libvirt")
    measured = on_host(host, "info", rounds)
    for title, told in measured.items():
        ratio = told["ms"] / measured["bare"]["ms"]
        _line(title, f"{told['ms']:.1f} ms", f"{ratio:.2f}", sum(told["calls"].values()), _shown(told["calls"]))


def _shown(counted: dict[str, int]) -> str:
    return ", ".join(f"{number} {name.removeprefix('vir')}" for name, number in sorted(counted.items()))


def _line(title: str, *cells: Any) -> None:
    print(f"  {title:30}", *(f"{cell:>10}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
