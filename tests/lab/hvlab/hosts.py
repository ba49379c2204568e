# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every kind of host has in common.

A kind of host is a subclass of :class:`Host` that answers two questions: how its disk is made
(:meth:`Host.create`) and which process *is* the host (:meth:`Host.command`). Everything else -- starting that
process, cutting its power, its place on the network, its keys, waiting for it -- is the same for all kinds and
is here, in supervisor.py and in lab.py.
"""

from __future__ import annotations

import abc
import dataclasses
import ipaddress
import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hvlab import keys, network, supervisor
from hvlab.commands import run

if TYPE_CHECKING:
    from hvlab.state import Lab

RELEASES = ("bookworm", "trixie")


@dataclass(frozen=True)
class Record:
    """What is kept of a host in its directory; written last, so it also says that the host is whole."""

    kind: str
    release: str
    index: int

    @classmethod
    def read(cls, directory: Path) -> Record | None:
        try:
            return cls(**json.loads((directory / "host.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):  # not there; or cut short, when the machine crashed
            return None

    def write(self, directory: Path) -> None:
        partial = directory / "host.json.partial"
        partial.write_text(json.dumps(dataclasses.asdict(self)))
        partial.rename(directory / "host.json")


@dataclass(frozen=True)
class File:
    """A file that makes a plain Debian root this very host."""

    content: str
    mode: int = 0o644


@dataclass(frozen=True)
class Extras:
    """What a new host has beyond a plain server."""

    packages: tuple[str, ...] = ()
    disks: int = 0  # empty ones


@dataclass(frozen=True)
class Host(abc.ABC):
    """One host of a lab.

    What is stored about a host is the four fields; all else follows from them:

    - ``directory``: what must outlive a power cut (disk, keys). Gone with ``lab down``.
    - ``log``: where the console of the running host goes.
    - ``unit``: the name under which its process is supervised; every process in it dies with the host.
    - ``port``: its interface on the machine's side, a port of ``lab.network.bridge``. The kind makes it when the
      host starts; ``lab cut`` takes it down and ``lab heal`` up.
    - ``mac``, ``address`` (with prefix length), ``lab.network.gateway``, ``lab.network.nameservers``.
    - ``identity``: the host's own ssh key pair; ``host_key``: its sshd's key pair; ``lab.login``: the key pair whose
      public half root of every host must accept.
    - ``files()``: all of the above as files to put into the host's root file system.
    """

    lab: Lab
    name: str
    release: str
    index: int

    kind: ClassVar[str]
    #: How systemd-networkd in the host finds its interface: the value of ``Name=`` in ``[Match]``.
    interface: ClassVar[str]
    #: Seconds within which it has booted, or something is wrong.
    boot_timeout: ClassVar[int]

    # -- what a kind says -------------------------------------------------------------------------------------

    @abc.abstractmethod
    def create(self, extras: Extras) -> None:
        """Make the disk, in ``directory``, which exists. Called once; a killed create is started over."""

    @abc.abstractmethod
    def command(self) -> list[str]:
        """The process that is the host.

        It is run as root in a mount namespace of its own (mounts it makes vanish with it), stays in the
        foreground, brings ``port`` onto the bridge itself, and ends when the host is powered off. It is killed with
        SIGKILL to cut the power. What it leaves behind when killed must be nothing, or be undone by ``released``.
        """

    def released(self) -> None:  # noqa: B027  # a kind may have nothing to give back
        """Called after the last process of the host is gone, however that came: give back what the kernel keeps."""

    # -- what all have ----------------------------------------------------------------------------------------

    @property
    def directory(self) -> Path:
        return self.lab.hosts_directory / self.name

    @property
    def log(self) -> Path:
        return self.directory / "console.log"

    @property
    def unit(self) -> str:
        return f"{self.lab.unit_prefix}{self.name}"

    @property
    def port(self) -> str:
        return f"vb-{self.lab.tag}p{self.index}"

    @property
    def mac(self) -> str:
        tag = self.lab.tag[-6:]
        return f"52:54:00:{tag[0:2]}:{tag[2:4]}:{self.index:02x}"

    @property
    def address(self) -> ipaddress.IPv4Interface:
        return self.lab.network.address(self.index)

    @property
    def identity(self) -> keys.KeyPair:
        return keys.pair(self.directory / "identity", comment=f"root@{self.name}")

    @property
    def host_key(self) -> keys.KeyPair:
        return keys.pair(self.directory / "host_key", comment=self.name)

    def files(self) -> dict[str, File]:
        """Path in the host -> file."""
        net = self.lab.network
        networkd = (
            f"[Match]\nName={self.interface}\n\n"
            f"[Link]\nMTUBytes={net.mtu}\n\n"
            f"[Network]\nAddress={self.address}\nGateway={net.gateway}\nIPv6AcceptRA=no\n"
            # A partition is not a pulled cable: the host keeps its address while nothing passes.
            "IgnoreCarrierLoss=yes\n"
        )
        return {
            "/etc/hostname": File(f"{self.name}\n"),
            "/etc/hosts": File(f"127.0.0.1 localhost\n::1 localhost ip6-localhost\n{self.address.ip} {self.name}\n"),
            "/etc/machine-id": File(f"{uuid.uuid4().hex}\n", 0o444),
            "/etc/resolv.conf": File("".join(f"nameserver {server}\n" for server in net.nameservers)),
            "/etc/systemd/network/10-lab.network": File(networkd),
            "/etc/ssh/ssh_host_ed25519_key": File(self.host_key.private, 0o600),
            "/etc/ssh/ssh_host_ed25519_key.pub": File(self.host_key.public),
            "/root/.ssh/authorized_keys": File(self.lab.login.public, 0o600),
            "/root/.ssh/id_ed25519": File(self.identity.private, 0o600),
            "/root/.ssh/id_ed25519.pub": File(self.identity.public),
        }

    def is_running(self) -> bool:
        return supervisor.is_running(self.unit)

    def power_on(self) -> None:
        """Start the host if it is off; does not wait for it (see Lab)."""
        if not self.is_running():
            self.released()
            supervisor.start(self.unit, self.command(), self.log)

    def power_off(self) -> None:
        """Cut the power: every process of the host is killed, its disk stays as it is."""
        supervisor.kill(self.unit)
        self.released()
        network.remove_interface(self.port)

    def up(self, extras: Extras) -> None:
        """Make the host if it does not exist, and switch it on."""
        if Record.read(self.directory) is None:
            shutil.rmtree(self.directory, ignore_errors=True)  # of a creation that was cut short
            self.directory.mkdir(parents=True)
            self.create(extras)
            Record(self.kind, self.release, self.index).write(self.directory)
        self.power_on()

    def down(self) -> None:
        """Cut the power and destroy the disk."""
        self.power_off()
        shutil.rmtree(self.directory, ignore_errors=True)

    def cut(self) -> None:
        run(["ip", "link", "set", self.port, "down"])

    def heal(self) -> None:
        run(["ip", "link", "set", self.port, "up"])
