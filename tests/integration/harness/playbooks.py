# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks as a user runs them: Ansible, ssh, the built collection."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.host import LAB, TOP

#: Where test.sh puts the built collection: this state of it, also if another is built meanwhile.
BUILT = (TOP / ".cache/current").resolve()


def play(playbook: str, directory: Path, *arguments: str) -> str:
    """Run a playbook on the lab, which has to end well, and return what it printed."""
    inventory = directory / "inventory.yml"
    inventory.write_text(subprocess.check_output([LAB, "inventory"], text=True))
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(BUILT / "collections"),
        "ANSIBLE_HOME": str(BUILT),
        "ANSIBLE_PIPELINING": "true",
        "LC_ALL": "C.UTF-8",
        **os.environ,
    }
    done = subprocess.run(
        [TOP / ".cache/venv/bin/ansible-playbook", "-i", inventory, playbook, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{playbook} exited with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def results_of(
    host: str, tasks: Mapping[str, Mapping[str, Any]], directory: Path, *arguments: str
) -> tuple[dict[str, Any], str]:
    """Run tasks on a host, each whatever became of the others; return their results by name, and what was printed."""
    results = directory / "results.json"
    each = "names | map('regex_replace', '^', 'result_') | map('extract', vars)"
    collect: Mapping[str, Any] = {
        "ansible.builtin.copy": {"dest": str(results), "content": f"{{{{ dict(names | zip({each})) | to_json }}}}"},
        "delegate_to": "localhost",
        "connection": "local",
    }
    play_of_tasks: Sequence[Mapping[str, Any]] = [
        {
            "hosts": host,
            "gather_facts": False,
            "vars": {"names": list(tasks)},
            "tasks": [
                *(
                    {**task, "name": name, "ignore_errors": True, "register": f"result_{name}"}
                    for name, task in tasks.items()
                ),
                collect,
            ],
        }
    ]
    playbook = directory / "playbook.yml"
    playbook.write_text(json.dumps(play_of_tasks))
    printed = play(str(playbook), directory, *arguments)
    told: dict[str, Any] = json.loads(results.read_text())
    return told, printed
