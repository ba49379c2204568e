# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The QEMU guest agent inside a guest."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Handle, constant
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed

#: The name of its channel.
AGENT = "org.qemu.guest_agent.0"


def ask_agent(domain: Handle) -> dict[str, t.Any]:
    """Return what a guest's agent tells of its operating system, C({}) while it does not answer.

    The keys are libvirt's, without their prefix: C(id), C(name), C(pretty-name), C(version), C(kernel-release) …
    """
    if xml.get(xml.parse(domain.read.XMLDesc(0)), f"devices/channel/target[@name='{AGENT}']/@state") != "connected":
        return {}  # asking would take until libvirt gives up
    try:
        told = domain.read.guestInfo(constant("DOMAIN_GUEST_INFO_OS"), 0)
    except OperationFailed:
        return {}
    return {key[len("os.") :]: value for key, value in told.items()}
