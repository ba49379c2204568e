# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reaching hosts by ssh, with the lab's own key and its own list of host keys."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hvlab.commands import CommandFailed, run
from hvlab.errors import LabError
from hvlab.hosts import Host
from hvlab.state import Lab

# Makes the other hosts known by name, waits until systemd is done, and names what failed.
_SETTLE = """
{{ sed '/^# lab$/,/^# end of lab$/d' /etc/hosts; printf '{names}'; }} >/etc/hosts.new && mv /etc/hosts.new /etc/hosts
timeout {seconds} systemctl is-system-running --wait >/dev/null
[ $? != 124 ] || systemctl list-jobs --no-legend | awk '{{ print $2 " (still starting)" }}'
systemctl list-units --failed --plain --no-legend | awk '{{ print $1 " (failed)" }}'
"""


def options(lab: Lab) -> list[str]:
    """What makes ssh trust the lab's host keys and nothing else."""
    return [
        f"-oIdentityFile={lab.login.path}",
        "-oIdentitiesOnly=yes",
        f"-oUserKnownHostsFile={lab.known_hosts}",
        "-oGlobalKnownHostsFile=/dev/null",
        "-oStrictHostKeyChecking=yes",
        "-oPasswordAuthentication=no",
        "-oConnectTimeout=5",
        "-oServerAliveInterval=5",
        "-oLogLevel=ERROR",
    ]


def command(host: Host, words: Sequence[str]) -> list[str]:
    return ["ssh", "-F", "none", *options(host.lab), f"root@{host.address.ip}", *words]


def write_known_hosts(lab: Lab, hosts: Sequence[Host]) -> None:
    """The list of all host keys of the lab."""
    partial = lab.known_hosts.with_suffix(".partial")
    partial.write_text("".join(f"{host.name},{host.address.ip} {host.host_key.public}" for host in hosts))
    partial.rename(lab.known_hosts)


def settle(host: Host, everyone: Sequence[Host]) -> list[str]:
    """Wait until a host has booted; return the units that are not well."""
    others = "".join(f"{other.address.ip} {other.name}\\n" for other in everyone if other != host)
    script = _SETTLE.format(names=f"# lab\\n{others}# end of lab\\n", seconds=host.boot_timeout)
    deadline = time.monotonic() + host.boot_timeout
    while True:
        try:
            return run(command(host, [script])).splitlines()
        except CommandFailed as error:
            if not host.is_running():
                raise LabError(f"{host.name} stopped while it booted; its console: {host.log}") from error
            if time.monotonic() > deadline:
                raise LabError(f"{host.name} did not answer within {host.boot_timeout} s: {error}") from error
        time.sleep(0.2)
