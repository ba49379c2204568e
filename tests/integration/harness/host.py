# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lab host, as a test sees it: modules run on it, shell commands, its state."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible

TOP = Path(__file__).parents[3]
LAB = TOP / "tests/lab/lab"

#: On the host: the server with what it needs.
HOME = "/var/tmp/hypervise-harness"
#: On the host: what tests may fill with files; emptied after each.
SCRATCH = "/srv/law"
#: What the names of all objects that tests make start with; whatever has such a name is removed after each.
PREFIX = "law-"
#: Seconds after which a module hangs.
TIMEOUT = 120


@dataclass(frozen=True)
class Result:
    """What a module returned, and what it did."""

    host: str
    data: dict[str, Any]
    changes: list[str]  # the C functions called, files written and programs run that are not known to be harmless
    milliseconds: float

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    @property
    def failed(self) -> bool:
        return bool(self.data.get("failed", False))

    @property
    def changed(self) -> bool:
        return bool(self.data["changed"])

    @property
    def paths(self) -> list[str]:
        """The options that the run changed."""
        return [change["path"] for change in self.data["changes"]]


class Host:
    """A host of the lab that is up."""

    #: Whether all code is compiled at once, also what no test imports; that is worth it where it takes a second.
    compiled = True

    def __init__(self, name: str, release: str, coverage: bool, home: str = HOME) -> None:
        self.name = name
        self.release = release
        self._home = home
        self._coverage = self._measures = coverage
        self._deploy()
        self.connect()
        self.sweep()

    # -- modules ---------------------------------------------------------------------------------------------------

    def run(self, module: str, *, check: bool = False, **args: Any) -> Result:
        """Run a module, which has to succeed; in check mode, without as much as trying to change anything."""
        result = self._run(module, args, check)
        assert not result.failed, f"{module} on {self.name} failed: {result['msg']}"
        return result

    def foretells(self, module: str, **args: Any) -> Result:
        """Run a module in check mode, which has to succeed and to leave the host as it was."""
        result = self._run(module, args, check=True, compare=True)
        assert not result.failed, f"{module} on {self.name} failed: {result['msg']}"
        return result

    def attempt(self, module: str, *, check: bool = False, **args: Any) -> Result:
        """Run a module, whatever comes of it."""
        return self._run(module, args, check)

    def refused(self, module: str, *, check: bool = False, user: str = "", **args: Any) -> Result:
        """Run a module, which has to fail without having touched anything."""
        result = self._run(module, args, check, user=user)
        assert result.failed, f"{module} on {self.name} did what it should have refused"
        assert not result.changes, f"{module} on {self.name} had made changes when it failed: {result.changes}"
        return result

    def fails(self, module: str, **args: Any) -> Result:
        """Run a module, which has to fail; it may have done a part of its work."""
        result = self._run(module, args, check=False)
        assert result.failed, f"{module} on {self.name} did not fail"
        return result

    def killed(self, module: str, *, die_at: int | None = None, kill_after: float | None = None, **args: Any) -> bool:
        """Run a module and kill it: at the change of a number (from 1), or after seconds. Tell if it had not ended."""
        how = {"die_at": die_at} if die_at is not None else {"kill_after": kill_after}
        answer = self._ask("run", module=module, args=_arguments(args, False), coverage=False, **how)
        return bool(answer["killed"])

    def struck(self, module: str, command: str, *, at: int = 1, **args: Any) -> Result:
        """Run a module, and beside its change of a number (from 1) a shell command, whatever comes of it."""
        return self._run(module, args, check=False, strike=command, strike_at=at)

    def _run(
        self,
        module: str,
        args: Mapping[str, Any],
        check: bool,
        user: str = "",
        compare: bool = False,
        **more: Any,
    ) -> Result:
        answer = self._ask(
            "run",
            module=module,
            args=_arguments(args, check),
            refuse=check,
            user=user,
            coverage=self._measures and not check,  # what runs then runs without it, too
            compare=compare,
            **more,
        )
        told, said = answer["told"], answer["out"] + answer["err"]
        assert answer["in_time"], f"{module} on {self.name} did not end within {TIMEOUT} s: {said}"
        assert not answer["killed"], f"{module} on {self.name} crashed: {said}"
        assert not (check and told["changes"]), f"{module} on {self.name} in check mode: {told['changes']}"
        assert not told["broken"], f"{module} on {self.name} broke:\n{told['broken']}"
        assert "Traceback" not in said, f"{module} on {self.name} showed a traceback:\n{said}"
        assert not answer["err"], f"{module} on {self.name} wrote to standard error: {answer['err']}"
        for before, after in told["states"]:
            assert_same(before, after, module)
        return Result(self.name, json.loads(answer["out"]), told["changes"], answer["milliseconds"])

    @contextlib.contextmanager
    def unmeasured(self) -> Iterator[None]:
        """Run modules faster: what is measured of their code is measured elsewhere."""
        self._measures = False
        try:
            yield
        finally:
            self._measures = self._coverage

    # -- the host --------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, str]:
        """Return all that a module could touch: name -> what it is like."""
        state: dict[str, str] = self._told("state")
        return state

    def sweep(self) -> None:
        """Take away what tests made."""
        self._told("sweep", prefix=PREFIX, directory=SCRATCH)

    def sh(self, command: str) -> str:
        """Run a shell command, which has to succeed, and return what it printed."""
        answer = self._ask("sh", command=command)
        status = answer["told"]["status"]
        assert status == 0, f"{command!r} on {self.name} exited with {status}: {answer['err']}"
        return str(answer["out"])

    def needs(self, *packages: str) -> None:
        """Have Debian packages installed."""
        names = " ".join(packages)
        install = f"DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends --yes {names}"
        self.sh(f"dpkg-query --show {names} >/dev/null 2>&1 || {{ apt-get -qq update && {install}; }} >/dev/null")

    def put(self, files: Iterable[tuple[Path, str]], directory: str) -> None:
        """Copy files or directories, each to a place below I(directory)."""
        self._pipe(f"mkdir -p {directory} && tar -xC {directory}", _tar(files))

    def connect(self) -> None:
        """Begin to speak with the host, once more after it was lost; what is on it stays."""
        coverage = "--coverage" if self._coverage else ""
        self._server = subprocess.Popen(
            self._ssh(f"cd {self._home} && exec /usr/bin/python3 -m remote.server {coverage}"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._server.stdin
        assert self._server.stdout
        self._requests, self._answers = self._server.stdin, self._server.stdout

    # -- the server ------------------------------------------------------------------------------------------------

    def fetch_coverage(self, destination: Path) -> None:
        """Bring what was measured of the collection."""
        if self._coverage:
            destination.write_bytes(self._pipe(f"cat {self._told('coverage')['path']}"))

    def close(self) -> None:
        self._requests.close()
        self._answers.close()
        self._server.wait()

    def _deploy(self) -> None:
        home = self._home
        controller, remote = Path(ansible.__file__).parent, Path(__file__).parent / "remote"
        files = [
            (controller / "__init__.py", "ansible/__init__.py"),
            (controller / "release.py", "ansible/release.py"),
            (controller / "_vendor", "ansible/_vendor"),
            (controller / "module_utils", "ansible/module_utils"),
            (TOP / "plugins", "ansible_collections/hypervise/kvm/plugins"),
            (remote, "remote"),
            (remote / "bypass.py", "ansible_collections/hypervise/kvm/plugins/modules/bypass.py"),
        ]
        self._pipe(
            f"rm -rf {home}/remote {home}/ansible_collections {home}/coverage && mkdir -p {home} && tar -xC {home}"
            + (f" && /usr/bin/python3 -m compileall -q {home}" if self.compiled else ""),
            _tar(files),
        )

    def _told(self, action: str, **request: Any) -> Any:
        answer = self._ask(action, **request)
        assert not answer["err"], f"{action} on {self.name}: {answer['err']}"
        return answer["told"]

    def _ask(self, action: str, **request: Any) -> dict[str, Any]:
        print(json.dumps({"action": action, "timeout": TIMEOUT, **request}), file=self._requests, flush=True)
        line = self._answers.readline()
        assert line, f"the server on {self.name} is gone"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _pipe(self, command: str, sent: bytes = b"") -> bytes:
        return subprocess.run(self._ssh(command), input=sent, stdout=subprocess.PIPE, check=True).stdout

    def _ssh(self, command: str) -> list[str]:
        return [str(LAB), "ssh", self.name, command]


def far_away(host: Host) -> dict[str, Any]:
    """Return the options by which a host is reached as if it were another one."""
    host.sh(f"printf '#!/bin/sh\\nexec virt-ssh-helper qemu:///system\\n' >{SCRATCH}/far && chmod +x {SCRATCH}/far")
    return {"uri": f"qemu+ext:///system?command={SCRATCH}/far"}


def assert_same(before: Mapping[str, str], after: Mapping[str, str], actor: str) -> None:
    """Fail if two states of a host differ, naming what does."""
    differing = {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    }
    assert not differing, f"{actor} touched: {differing}"


def _arguments(args: Mapping[str, Any], check: bool) -> dict[str, Any]:
    """What Ansible passes to a module."""
    return {**args, "_ansible_check_mode": check, "_ansible_diff": True}


def _tar(files: Iterable[tuple[Path, str]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for source, name in files:
            tar.add(source, name, filter=lambda member: None if "__pycache__" in member.name else member)
    return packed.getvalue()
