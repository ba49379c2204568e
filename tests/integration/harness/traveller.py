# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest that works while it is moved from host to host, and what must hold of it wherever it is."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness import tiny
from harness.host import PREFIX, SCRATCH, Host, Result
from harness.writer import Writer

NAME = f"{PREFIX}traveller"
IMAGE = f"{SCRATCH}/traveller.qcow2"

#: Makes it.
CREATE = f"qemu-img create -q -f qcow2 {IMAGE} 32M"

#: A disk that only one host has at a time.
OWN: Mapping[str, Any] = {"target": "vda", "source": {"file": IMAGE}, "driver": {"type": "qcow2"}}

#: The machine that both releases know, so that a guest of the newer one can go to the older one, too.
OS: Mapping[str, Any] = {"machine": "pc-q35-7.2", "arch": "x86_64"}

_PING = shlex.quote(json.dumps({"execute": "guest-ping"}))
#: Waits for its agent, less long than a command may take; prints something if that answers.
_UP = f"for i in $(seq 90); do virsh -q qemu-agent-command {NAME} {_PING} 2>/dev/null && break; sleep 1; done"


@dataclass
class Traveller:
    """The guest, on the host where it is."""

    host: Host
    writer: Writer
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def born(
        cls, host: Host, disks: Sequence[Mapping[str, Any]] = (OWN,), image: str = CREATE, **options: Any
    ) -> Traveller:
        """Start the guest, and let it work.

        :arg image: the command that makes its disk.
        """
        tiny.install(host)
        host.sh(image)
        boot = tiny.boot()
        boot["os"].update(options.pop("os", OS))
        wish = {"type": "qemu", "memory": "128MiB", "vcpus": 1, "disks": list(disks), **boot, **options}
        host.run("domain", name=NAME, autostart=True, state="running", **wish)
        assert any(host.sh(_UP) for _attempt in range(6)), f"{NAME} did not come up"  # it is emulated, beside others
        guest = cls(host, Writer(NAME, tuple(disk["target"] for disk in disks)))
        guest.writer.begin(host)
        return guest

    def wish(self, target: Host, **options: Any) -> dict[str, Any]:
        """The options of a move."""
        return {
            "name": NAME,
            "dest_uri": f"qemu+tls://{target.name}/system",
            "copy_storage": "full",
            **self.options,
            **options,
        }

    def moves(self, target: Host, **options: Any) -> Result:
        """Move it, in check mode first; nothing may be lost, and a second run may change nothing."""
        wish = self.wish(target, **options)
        foretold = self.host.run("migrate", check=True, **wish)
        moved = self.host.run("migrate", **wish)
        assert moved.changed
        assert (foretold["diff"], foretold["steps"]) == (moved["diff"], moved["steps"])
        again = self.host.run("migrate", **wish)
        assert not again.changed, again["changes"]
        assert not again.changes
        self.arrived(target)
        return moved

    def arrived(self, target: Host) -> None:
        """It works there as if nothing had happened, and its old host knows nothing of it."""
        assert states(self.host) == "", f"{self.host.name} still has it: {states(self.host)}"
        self.host.sh(f"rm -f {IMAGE}; virsh pool-list --name | grep . | xargs -rn 1 virsh pool-refresh >/dev/null")
        self.host = target
        self.works()

    def works(self) -> None:
        """It is here, it runs, and it has all that it wrote."""
        assert states(self.host) == "running", f"{NAME} at {self.host.name} is {states(self.host)!r}"
        self.writer.check(self.host)


def states(host: Host) -> str:
    """The state of the guest on a host, '' where there is none."""
    return host.sh(f"virsh domstate {NAME} 2>/dev/null || true").strip()


def leftovers(host: Host) -> str:
    """What a host without the guest still has of it, its old image apart."""
    return host.sh(
        f"virsh list --all --name | grep {NAME}; virsh pool-list --all --name | grep hypervise-migration;"
        f"ls /var/lib/libvirt/qemu/nvram/{NAME}* 2>/dev/null; pgrep -f guest=[l]{NAME[1:]},; true"
    ).strip()
