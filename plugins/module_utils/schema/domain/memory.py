# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Memory (U(https://libvirt.org/formatdomain.html#memory-allocation))."""

from __future__ import annotations

from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import (
    Size,
)

MEMORY = Size(stored=1024, unit="unit", minimum=1024, live_step=2**20)  # QEMU has it in whole MiB
