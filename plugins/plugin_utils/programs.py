# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of this collection that run on the controller and need libvirt.

Ansible may run in an environment that has no libvirt; the distribution's own Python has, where its package is
installed. So they are processes of an interpreter that has what they need. They can be ended, too, whatever libvirt
waits for.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.module import INTERPRETERS

_LIBRARIES = ("libvirt", "lxml")
_UTILS = "ansible_collections.hypervise.kvm.plugins.module_utils"

#: Where C(ansible_collections) is.
_ROOT = Path(__file__).parents[5]


def start(module: str) -> subprocess.Popen[bytes]:
    """Start a module of module_utils as a program, with pipes for what it reads and prints.

    :raises KvmError: where no interpreter has what it needs.
    """
    return subprocess.Popen(
        [_interpreter(), "-m", f"{_UTILS}.{module}"],
        cwd="/",  # modules are also looked for in the directory in which Python is started
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # an ssh that libvirt starts has no terminal to ask at, and can be ended with it
    )


@functools.cache
def _interpreter() -> str:
    if all(importlib.util.find_spec(name) for name in _LIBRARIES):
        return sys.executable
    test = f"import {', '.join(_LIBRARIES)}"
    for python in filter(os.path.exists, INTERPRETERS):
        if subprocess.run([python, "-c", test], capture_output=True, check=False, cwd="/").returncode == 0:
            return python
    raise KvmError(
        f"Neither {sys.executable} nor {' nor '.join(INTERPRETERS)} on the controller has {' and '.join(_LIBRARIES)}.",
        "Install python3-libvirt and python3-lxml there.",
    )
