# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest at work: it writes a sequence to its disk, record by record, and counts in its memory what was acknowledged.

What it says afterwards tells whether anything written was lost, and whether it is still the same guest that counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness import tiny
from harness.host import Host

#: Writes record N at its place, waits for the disk, and only then counts it. A record is 16 bytes.
_WRITE = r"""
(n=0; while :; do
    n=$((n + 1))
    printf '%15d\n' $n | dd of=/dev/{disk} bs=16 seek=$n conv=notrunc,fsync 2>/dev/null && echo $n >/run/acked-{disk}
done) >/dev/null 2>&1 </dev/null &
"""

#: Prints the first record on the disk itself that is not what it was, and then how many were acknowledged, and the
#: guest's counter. A file that is just being written is empty.
_CHECK = r"""
said() {{ said=; while [ -z "$said" ]; do read said <$1; done; echo $said; }}
acked=$(said /run/acked-{disk}); sync; echo 3 >/proc/sys/vm/drop_caches
dd if=/dev/{disk} bs=16 skip=1 count=$acked 2>/dev/null | awk '$1 + 0 != NR {{ print "record " NR " is " $0; exit }}'
echo $acked $(said /run/counter)
"""


@dataclass
class Writer:
    """A guest that writes to its disks."""

    name: str
    disks: tuple[str, ...]
    acked: int = 0
    counted: int = 0

    def begin(self, host: Host) -> None:
        """Let it work."""
        for disk in self.disks:
            tiny.sh(host, self.name, _WRITE.format(disk=disk))

    def check(self, host: Host) -> None:
        """Fail if a record is not what it was, or if the guest has been another one meanwhile."""
        for disk in self.disks:
            *wrong, told = tiny.sh(host, self.name, _CHECK.format(disk=disk)).splitlines()
            assert not wrong, f"{self.name} at {host.name}, {disk}: {wrong}"
            acked, counted = map(int, told.split())
            assert counted >= self.counted, f"{self.name} at {host.name} counted {self.counted}, and now {counted}"
        if acked <= self.acked:
            told = tiny.sh(host, self.name, "ps; dmesg | tail")
            raise AssertionError(
                f"{self.name} at {host.name} had written {self.acked} records, and now {acked}: {told}"
            )
        self.acked, self.counted = acked, counted
