# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UEFI firmware and emulated TPMs on a host."""

from __future__ import annotations

from harness.host import Host


def install_uefi_and_tpm(host: Host) -> None:
    host.sh(
        "dpkg-query --show ovmf swtpm swtpm-tools >/dev/null 2>&1 ||"
        " DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends --yes ovmf swtpm swtpm-tools"
    )
