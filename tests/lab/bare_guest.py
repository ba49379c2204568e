# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest under plain QEMU, without libvirt: for testing the guest images themselves."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

ANSWER = 60  # seconds within which one is to come


class Channel:
    """A socket on which each line is a JSON object."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._socket.settimeout(ANSWER)
        self._received = b""

    def close(self) -> None:
        self._socket.close()

    def ask(self, command: str, arguments: dict[str, Any]) -> None:
        request = {"execute": command, **({"arguments": arguments} if arguments else {})}
        self._socket.sendall(json.dumps(request).encode() + b"\n")

    def objects(self) -> Iterator[dict[str, Any]]:
        """What comes in, until nothing has for long or QEMU has ended."""
        while True:
            while b"\n" in self._received:
                line, self._received = self._received.split(b"\n", 1)
                yield json.loads(line)
            try:
                data = self._socket.recv(65536)
            except (TimeoutError, ConnectionResetError):
                return
            if not data:
                return
            self._received += data


class BareGuest:
    """Runs from ``with`` to its end; ``agent`` and ``qmp`` talk to it."""

    def __init__(self, directory: Path, *options: str | Path) -> None:
        self.console = directory / "console.log"
        self._sockets = {name: directory / name for name in ("agent", "qmp")}
        self._command: list[str | Path] = [
            # with a thread per processor, one may run what the other is just patching, and the guest's kernel panics
            *("qemu-system-x86_64", "-nodefaults", "-display", "none", "-accel", "tcg,thread=single"),
            *("-machine", "q35", "-serial", f"file:{self.console}"),
            *("-qmp", f"unix:{self._sockets['qmp']},server=on,wait=off"),
            *("-chardev", f"socket,id=agent,path={self._sockets['agent']},server=on,wait=off"),
            *("-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"),
            *("-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net"),
            *options,
        ]

    def __enter__(self) -> BareGuest:
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
        try:
            self._channels = {name: self._connect(path) for name, path in self._sockets.items()}
            self.qmp("qmp_capabilities")
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for channel in self._channels.values():
            channel.close()
        self._process.kill()
        self._process.wait()

    def qmp(self, command: str, **arguments: Any) -> Any:
        self._channels["qmp"].ask(command, arguments)
        return self._answer("qmp")

    def agent(self, command: str, **arguments: Any) -> Any:
        self._channels["agent"].ask(command, arguments)
        return self._answer("agent")

    def tell_agent(self, command: str) -> None:
        """For what has no answer."""
        self._channels["agent"].ask(command, {})

    def run(self, script: str, timeout: float = 60) -> str:
        """What a shell script in the guest prints; it is to succeed."""
        arguments = {"path": "/bin/sh", "arg": ["-ec", script], "capture-output": True}
        pid = self.agent("guest-exec", **arguments)["pid"]
        deadline = time.monotonic() + timeout
        while not (status := self.agent("guest-exec-status", pid=pid))["exited"]:
            assert time.monotonic() < deadline, f"after {timeout} s the guest still runs: {script}"
            time.sleep(0.2)
        printed = {name: base64.b64decode(status.get(name, "")).decode() for name in ("out-data", "err-data")}
        assert status["exitcode"] == 0, f"{script}: {printed}"
        return printed["out-data"].strip()

    def wait_for_agent(self, timeout: float) -> None:
        """Until the agent listens, and then answers."""
        deadline = time.monotonic() + timeout
        while not any(c["label"] == "agent" and c["frontend-open"] for c in self.qmp("query-chardev")):
            assert time.monotonic() < deadline, f"no agent after {timeout} s: {self.console.read_text()[-2000:]}"
            time.sleep(0.2)
        self.agent("guest-ping")

    def is_off(self, within: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        return self._process.poll() is not None

    def _answer(self, name: str) -> Any:
        for answer in self._channels[name].objects():
            assert "error" not in answer, answer["error"]
            if "return" in answer:  # the others are greetings and events
                return answer["return"]
        raise AssertionError(f"no answer from {name}: {self.console.read_text()[-2000:]}")

    def _connect(self, path: Path) -> Channel:
        while True:
            try:
                return Channel(path)
            except (FileNotFoundError, ConnectionRefusedError):
                assert self._process.poll() is None, "QEMU did not start"
                time.sleep(0.05)
