# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes away what tests made, by the prefix of its name, in whatever condition they left it."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import time
from typing import Any

import libvirt

#: All mediated devices, also those that are only defined.
_MEDIATED = libvirt.VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV
_MEDIATED |= libvirt.VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE | libvirt.VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE


def sweep(prefix: str, directory: str) -> None:
    """Remove all domains, networks, filters and pools whose names start with I(prefix), and what is in I(directory).

    Secrets and mediated devices have no names, and the hosts have none but those that tests made.
    """
    libvirt.registerErrorHandler(lambda _context, _error: None, None)
    connection = libvirt.open("qemu:///system")
    undefine = libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
    undefine |= libvirt.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | libvirt.VIR_DOMAIN_UNDEFINE_NVRAM
    things: list[tuple[Any, tuple[Any, ...]]] = [
        *((domain, (undefine,)) for domain in connection.listAllDomains()),
        *((network, ()) for network in connection.listAllNetworks()),
        *((pool, ()) for pool in connection.listAllStoragePools()),
    ]
    for thing, flags in things:
        if thing.name().startswith(prefix):
            with contextlib.suppress(libvirt.libvirtError):  # it was not running
                thing.destroy()
            with contextlib.suppress(libvirt.libvirtError):  # it was not stored, and is gone
                method = "undefineFlags" if flags else "undefine"
                getattr(thing, method)(*flags)
    kept = [filter_ for filter_ in connection.listAllNWFilters() if filter_.name().startswith(prefix)]
    while kept:  # those that others refer to go after them
        left = [filter_ for filter_ in kept if not _undefined(filter_)]
        if len(left) == len(kept):
            break
        kept = left
    for secret in connection.listAllSecrets():
        secret.undefine()
    for _attempt in range(50):  # libvirt notices late that one has gone
        left = connection.listAllDevices(_MEDIATED)
        if not left:
            break
        for device in left:
            _undefined(device)
        time.sleep(0.1)
    connection.close()
    for copy in glob.glob(f"/var/lib/libvirt/qemu/nvram/{prefix}*"):  # of UEFI variables, which snapshots have
        os.remove(copy)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)


def _undefined(thing: Any) -> bool:
    try:
        thing.undefine()
    except libvirt.libvirtError:
        return False
    return True
