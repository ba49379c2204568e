# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints by their names."""

from __future__ import annotations

#: How the names of those begin that module backup makes. They are nothing by themselves, and no backup needs them:
#: without one it compares contents.
OF_BACKUPS = "hypervise-kvm."
