# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error of the lab."""

from __future__ import annotations


class LabError(Exception):
    """Something cannot be done; the text is one sentence for the person at the terminal."""
