# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells whoever watches how far a job is: a line in the file that the task's action plugin reads meanwhile."""

from __future__ import annotations

import os

from ansible_collections.hypervise.kvm.plugins.module_utils.jobs.stats import Progress

#: Environment variable that names the file. Without it nobody watches.
FILE = "HYPERVISE_KVM_PROGRESS"


def tell(label: str, progress: Progress) -> None:
    """Tell how far the job of an object is."""
    path = os.environ.get(FILE)
    if not path:
        return
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{label}: {progress}\n")
