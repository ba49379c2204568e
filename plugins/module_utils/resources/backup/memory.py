# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest that is off, in memory for the time of its backup: only QEMU reads and writes bitmaps.

It does not run. If this process is killed, libvirt ends it together with the connection.
"""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed


@contextlib.contextmanager
def held(domain: Handle) -> t.Iterator[None]:
    """Have a guest in memory; one that was off is off again, however it ends."""
    if domain.read.isActive():
        yield
        return
    domain.change.createWithFlags(constant("DOMAIN_START_PAUSED") | constant("DOMAIN_START_AUTODESTROY"))
    try:
        yield
    finally:
        with contextlib.suppress(OperationFailed):  # the daemon was restarted, or QEMU has been killed
            domain.change.destroyFlags(constant("DOMAIN_DESTROY_GRACEFUL"))  # it writes its bitmaps
