# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's image *tiny* on a host, and what is to be seen from inside a guest that runs it."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

from harness.host import LAB, Host

#: Where the image is on a host; a test's sweep leaves it there.
HOME = "/srv/tiny"

AGENT = {"type": "unix", "name": "org.qemu.guest_agent.0"}

#: Runs a shell command in a guest through its agent, and prints what that printed.
RUN = """
import base64, json, libvirt, libvirt_qemu, sys, time
name, command = sys.argv[1:]
domain = libvirt.open("qemu:///system").lookupByName(name)
def ask(what, **arguments):
    question = json.dumps({"execute": what, "arguments": arguments})
    return json.loads(libvirt_qemu.qemuAgentCommand(domain, question, 10, 0))["return"]
pid = ask("guest-exec", path="/bin/sh", arg=["-c", command], **{"capture-output": True})["pid"]
while not (told := ask("guest-exec-status", pid=pid))["exited"]:
    time.sleep(0.05)
sys.stdout.write(base64.b64decode(told.get("out-data", "")).decode())
sys.stderr.write(base64.b64decode(told.get("err-data", "")).decode())
sys.exit(told["exitcode"])
"""

_installed: set[str] = set()


def install(host: Host) -> None:
    """Have the kernel, also as it is packaged, and the initramfs on a host, these under two names."""
    if host.name in _installed:
        return
    image = Path(subprocess.check_output([LAB, "image", "tiny"], text=True).strip().splitlines()[-1])
    if host.sh(f"cat {HOME}/made-from 2>/dev/null || true") != image.name:
        files = [(image / name, name) for name in ("vmlinux", "vmlinuz", "initrd.img")]
        host.put(files, HOME)
        host.sh(
            f"cd {HOME} && ln -sf vmlinuz vmlinuz2 && ln -sf initrd.img initrd2.img && printf {image.name} >made-from"
        )
    _installed.add(host.name)


def boot(cmdline: str = "") -> dict[str, Any]:
    """The options of a guest that boots it: O(os), and the channel of its agent."""
    console = "console=ttyS0 quiet panic=1"
    return {
        "os": {"kernel": f"{HOME}/vmlinux", "initrd": f"{HOME}/initrd.img", "cmdline": f"{console} {cmdline}".strip()},
        "channels": [AGENT],
    }


def sh(host: Host, name: str, command: str) -> str:
    """Run a shell command inside a guest, which has to succeed, and return what it printed."""
    return host.sh(f"python3 -c {shlex.quote(RUN)} {shlex.quote(name)} {shlex.quote(command)}").strip()
