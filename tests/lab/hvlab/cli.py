# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line."""

from __future__ import annotations

import argparse
import json
import os
import signal
from collections.abc import Sequence

from hvlab import images, operations, preflight, registry, ssh
from hvlab.commands import PATH, say
from hvlab.errors import LabError
from hvlab.hosts import Extras, Host
from hvlab.state import Lab


def main(arguments: Sequence[str] | None = None) -> int:
    # Ctrl-C ends us at once, as a kill would: what is half done the next up finishes, or down removes.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    options = _parser().parse_args(arguments)
    try:
        _run(options, Lab.from_environment())
    except (LabError, OSError) as error:
        say(f"lab: {error}")
        return 1
    return 0


def _run(options: argparse.Namespace, lab: Lab) -> None:
    preflight.check_root()
    match options.command:
        case "up":
            systems = registry.asked(options.hosts)
            preflight.prepare()
            operations.up(lab, systems, Extras(tuple(filter(None, options.packages.split(","))), options.disks))
        case "down":
            operations.down(lab)
        case "status":
            print(operations.status(lab))
        case "ssh":
            command = ssh.command(registry.find(lab, options.host), options.words)
            os.execvpe(command[0], command, {**os.environ, "PATH": f"{os.environ['PATH']}:{PATH}"})
        case "inventory":
            print(_inventory(registry.load(lab)), end="")
        case "power-off":
            operations.power_off(lab, options.host)
        case "power-on":
            preflight.prepare()
            operations.power_on(lab, options.host)
        case "cut":
            operations.cut(lab, options.host)
        case "heal":
            operations.heal(lab, options.host)
        case "image":
            print(images.build(options.kind))
        case "purge":
            operations.purge()


def _inventory(hosts: Sequence[Host]) -> str:
    """Ansible's YAML; a JSON string is a YAML scalar that needs no further quoting."""
    lines = ["kvm_hosts:", "  hosts:" if hosts else "  hosts: {}"]
    for host in hosts:
        variables = {
            "ansible_host": str(host.address.ip),
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(host.lab.login.path),
            "ansible_ssh_common_args": " ".join(["-F none", *ssh.options(host.lab)]),
            "ansible_python_interpreter": "/usr/bin/python3",
            "lab_release": host.release,
            "lab_kind": host.kind,
        }
        lines.append(f"    {host.name}:")
        lines += [f"      {name}: {json.dumps(value)}" for name, value in variables.items()]
    return "\n".join(lines) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lab",
        description="Real Debian hosts on this machine, to run a KVM estate on.",
        epilog="HYPERVISE_LAB names the lab (default: lab); labs of different names live side by side. "
        "HYPERVISE_LAB_CACHE is where prepared roots and images are kept (default: /var/cache/hypervise-lab).",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, *, host: bool = False) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        if host:
            command.add_argument("host", metavar="NAME")
        return command

    up = add("up", "bring hosts up and wait for them; as often as you like")
    up.add_argument(
        "hosts", nargs="*", metavar="NAME[=SYSTEM]", help="default: hv1 hv2; SYSTEM: trixie, bookworm, RELEASE-vm"
    )
    up.add_argument("--packages", default="", metavar="NAME,...", help="what new VMs have installed from the start")
    up.add_argument("--disks", type=int, default=0, metavar="NUMBER", help="empty disks that new VMs have")
    add("down", "destroy the lab's hosts and their disks, leaving nothing behind")
    add("status", "which hosts there are")
    add("ssh", "a shell on a host, or a command", host=True).add_argument(
        "words", nargs=argparse.REMAINDER, metavar="COMMAND"
    )
    add("inventory", "the hosts as an Ansible inventory")
    add("power-off", "cut a host's power", host=True)
    add("power-on", "switch a host on and wait for it", host=True)
    add("cut", "part a host from the network", host=True)
    add("heal", "undo cut", host=True)
    add("image", "build a guest image and print its path").add_argument("kind", metavar="KIND", help="tiny or debian")
    add("purge", "drop the caches")
    return parser
