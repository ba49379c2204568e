# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells that a guest is ready, from what shows the least to what shows the most."""

from __future__ import annotations

import base64
import ipaddress
import json
import socket
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain import addresses
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.domain.agent import ask_agent
from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until

#: Seconds that a guest has to answer a question or a call.
_PATIENCE = 5

#: Looks once: '' where the guest is so far, and otherwise what was seen.
Look = t.Callable[[Handle], str]


def disk(domain: Handle) -> str:
    """Look whether it has read from a disk."""
    document = xml.parse(domain.read.XMLDesc(0))
    targets = [xml.get(found, "target/@dev") for found in xml.find_all(document, "devices/disk")]
    return "" if any(domain.read.blockStats(target)[0] for target in targets) else "it has read from no disk"


def agent(domain: Handle) -> str:
    """Look whether its agent answers."""
    return "" if ask_agent(domain) else "its agent does not answer"


def address(domain: Handle) -> str:
    """Look whether it has an address."""
    return "" if known(domain) else "it has no address"


def port(number: int) -> Look:
    """Return the look whether it takes connections from its host at a TCP port."""

    def look(domain: Handle) -> str:
        said = "it has no address"
        for place in known(domain):
            try:
                socket.create_connection((place, number), timeout=_PATIENCE).close()
                return ""
            except OSError as error:
                said = f"{place} port {number}: {error.strerror or error}"
        return said

    return look


def command(words: t.Sequence[str]) -> Look:
    """Return the look whether a program in it, which its agent runs, ends with 0."""

    def look(domain: Handle) -> str:
        try:
            arguments = {"path": words[0], "arg": list(words[1:]), "capture-output": True}
            number = _ask(domain, "guest-exec", arguments)["pid"]
            told: dict[str, t.Any] = {}

            def has_ended() -> bool:
                told.update(_ask(domain, "guest-exec-status", {"pid": number}))
                return bool(told["exited"])

            if not wait_until(has_ended, 6 * _PATIENCE):
                return f"{words[0]} does not end"
        except OperationFailed as error:
            return error.message
        said = b"".join(base64.b64decode(told.get(name, "")) for name in ("out-data", "err-data"))
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        ended = told.get("exitcode", f"signal {told.get('signal')}")
        return "" if ended == 0 else ": ".join([f"{words[0]} ended with {ended}", *last])

    return look


def known(domain: Handle) -> list[str]:
    """Return the addresses of a guest at which its host may reach it."""
    answers = (
        (source, addresses.ask_host(domain, source)) for source in addresses.SOURCES if _can_tell(domain, source)
    )
    found = [entry["address"] for entry in addresses.merged(answers)]
    return [entry for entry in found if not ipaddress.ip_address(entry).is_link_local]


def _can_tell(domain: Handle, source: str) -> bool:
    return source != "agent" or bool(ask_agent(domain))  # asking one that is not there takes long


def _ask(domain: Handle, question: str, arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    asked = json.dumps({"execute": question, "arguments": arguments})
    return t.cast("dict[str, t.Any]", json.loads(domain.change.qemuAgentCommand(asked, _PATIENCE, 0))["return"])
