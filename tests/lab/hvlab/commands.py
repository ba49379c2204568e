# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running the machine's commands: none outlives us, each failure is a sentence, what is missing is installed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hvlab.errors import LabError

# The machine's own commands: not a virtual environment's, and root's even where the caller's PATH lacks them.
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

# The kernel ends what we started when we end; also when we are killed and can clean up nothing ourselves.
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")

# The same for a whole tree of processes, and for the mounts that they make.
SANDBOX = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc")

# Held while packages are installed: several labs may be coming up, and apt waits for nobody.
INSTALLING = Path("/run/lock/hypervise-lab-apt")


class CommandFailed(LabError):
    """A command of the machine failed; the text has what it said."""


def say(text: str) -> None:
    """Tell what is being done; standard output is for results."""
    print(f"{text}\n", end="", file=sys.stderr, flush=True)  # in one piece, also from threads


def run(command: Sequence[str | os.PathLike[str]], *, text: str = "", sandbox: bool = False) -> str:
    """Run a command to its end, with this text as its standard input, and return what it printed."""
    done = subprocess.run(
        [*DIES_WITH_US, *(SANDBOX if sandbox else ()), *command],
        env={**os.environ, "PATH": PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
        input=text,
        umask=0o022,  # what is built is the same whoever builds it
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-5:]
        raise CommandFailed(f"{command[0]} failed with code {done.returncode}: {' / '.join(said)}")
    return done.stdout


def succeeds(*command: str | os.PathLike[str]) -> bool:
    """Whether a command says yes; also for what need not be there to be taken away."""
    try:
        run(command)
    except CommandFailed:
        return False
    return True


def install_missing(commands: Mapping[str, str]) -> None:
    """Install by apt what is missing of these: command -> Debian package."""
    if _missing(commands):
        with locked(INSTALLING):
            _install(_missing(commands))


def _missing(commands: Mapping[str, str]) -> list[str]:
    return sorted({package for name, package in commands.items() if shutil.which(name, path=PATH) is None})


def _install(packages: Sequence[str]) -> None:
    if not packages:  # another lab that is coming up has done it
        return
    say(f"installing {' '.join(packages)}")
    install = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages]
    try:
        run(install)
    except CommandFailed:  # the machine's package lists are old, or there are none
        run(["apt-get", "-qq", "update"])
        run(install)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock; it goes with its holder, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
