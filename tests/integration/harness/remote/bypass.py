# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands on a host beside the collection's modules: one that makes changes in check mode, by ways around the door."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from typing import Any

import libvirt
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection

XML = "<network><name>law-bypass</name></network>"


def main() -> None:
    """Make a change in the way that the option says."""
    module = AnsibleModule({"way": {"type": "str"}, "directory": {"type": "str"}}, supports_check_mode=True)
    globals()[module.params["way"]](module.params["directory"])
    module.exit_json(changed=False)


def libvirt_itself(_directory: str) -> None:
    libvirt.open("qemu:///system").networkDefineXML(XML)


def raw_handle(_directory: str) -> None:
    Connection("qemu:///system", check_mode=True).host.raw.networkDefineXMLFlags(XML, 0)


def unnoticed(_directory: str) -> None:
    with contextlib.suppress(Exception):
        libvirt.open("qemu:///system").networkDefineXML(XML)


def file(directory: str) -> None:
    with open(os.path.join(directory, "bypass"), "w", encoding="utf-8") as made:
        made.write("x")


def removal(directory: str) -> None:
    os.rmdir(directory)


def program(_directory: str) -> None:
    subprocess.run(["virsh", "net-define", "/dev/null"], check=False)


def beneath_python(directory: str) -> None:
    """Where the guard does not look."""
    ctypes.CDLL(None).mkdir(os.path.join(directory, "bypass").encode(), 0o755)


def readable(directory: str) -> Any:
    """No change at all."""
    with open(os.path.join(directory, "..", "..", "etc", "os-release"), encoding="utf-8") as file_read:
        file_read.read()
    subprocess.run(["qemu-img", "info", "/nothing"], check=False, capture_output=True)
    return libvirt.open("qemu:///system").listAllNetworks()
