# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the machine's kernel that labs need. The last lab puts back what was there before."""

from __future__ import annotations

from pathlib import Path

from hvlab.commands import say

# Below /proc/sys -> the least value that will do
LEAST = {
    "net/ipv4/ip_forward": 1,
    # All hosts share one allowance, since root of each is root of the machine; systemd, libvirt and dnsmasq draw on it.
    "fs/inotify/max_user_instances": 8192,
    # QEMU, which is not root, brings memory in after the guest has moved (post-copy) only where it may handle faults.
    "vm/unprivileged_userfaultfd": 1,
}
_SYS = Path("/proc/sys")
_NOTE = ".was:"


def ensure(notes: Path) -> None:
    """Raise what is too low, keeping a note of what it was."""
    for name, least in LEAST.items():
        if not (_SYS / name).exists():
            continue  # a kernel that is built without it
        before = (_SYS / name).read_text().strip()
        if int(before) < least:
            say(f"setting {name.replace('/', '.')} from {before} to {least}, until the last lab is down")
            note = notes / f"{_NOTE}{name.replace('/', '.')}"
            partial = notes / ".partial"
            partial.write_text(before)
            partial.rename(note)
            (_SYS / name).write_text(str(least))


def restore(notes: Path) -> None:
    (notes / ".partial").unlink(missing_ok=True)
    for note in notes.glob(f"{_NOTE}*"):
        (_SYS / note.name.removeprefix(_NOTE).replace(".", "/")).write_text(note.read_text())
        note.unlink()
