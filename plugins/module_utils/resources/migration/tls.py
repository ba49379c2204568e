# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what is moved is encrypted on its way."""

from __future__ import annotations

import os
import re

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.migration.wish import Wish

_CONFIG = "/etc/libvirt/qemu.conf"
_DIRECTORY = "/etc/pki/qemu"


def wanted(connection: Connection, wish: Wish) -> bool:
    """Return whether libvirt is told to use TLS: as stated, else always unless its own connection is the way.

    :raises Refused: where it would be needed and is not set up: nothing goes over a network in plain unless somebody
        says so.
    """
    if wish.options["tls"] is not None:
        return bool(wish.options["tls"])
    if wish.options["tunnelled"]:
        return False  # through qemu+ssh or qemu+tls, which encrypt
    if connection.is_local and not os.path.exists(os.path.join(_directory(), "client-cert.pem")):
        raise Refused(
            f"{wish.label}: there are no certificates for migrations here ({_directory()}/client-cert.pem), so its "
            "memory and disks would cross the network in plain.",
            "Set up TLS with the role hypervise.kvm.host on both hosts; 'tls: false' allows it in a network that only "
            "they have.",
            option="tls",
        )
    return True


def _directory() -> str:
    found = {}
    try:
        with open(_CONFIG, encoding="utf-8") as file:
            for line in file:
                match = re.match(r'\s*((?:migrate|default)_tls_x509_cert_dir)\s*=\s*"([^"]*)"', line)
                if match:
                    found[match[1]] = match[2]
    except OSError:
        pass  # not for us to read: then its defaults are as good a guess as any
    return found.get("migrate_tls_x509_cert_dir") or found.get("default_tls_x509_cert_dir") or _DIRECTORY
