# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the files of the controller that volumes of a manifest are to be filled with; all else the module does."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.plugin_utils import controller_files
from ansible_collections.hypervise.kvm.plugins.plugin_utils.bringing import BringingAction, Options, Result


class ActionModule(BringingAction):
    """The volumes of a manifest, each as one of its own."""

    MODULE = "hypervise.kvm.manifest"

    def is_needed(self, options: Options) -> bool:
        volumes = options.get("volumes")
        return isinstance(volumes, list) and any(_is_needed(volume) for volume in volumes)

    def describe(self, options: Options) -> Options:
        volumes = [controller_files.describe(self, item) if _is_needed(item) else item for item in options["volumes"]]
        return {**options, "volumes": volumes}

    def bring(self, options: Options, foretold: Result) -> Options:
        due = {entry["item"] for entry in foretold["objects"] if entry.get("content_due")}
        volumes = [
            controller_files.bring(self, item) if f"volumes[{index}]" in due else item
            for index, item in enumerate(options["volumes"])
        ]
        return {**options, "volumes": volumes}

    def stops(self, options: Options, foretold: Result) -> bool:
        return super().stops(options, foretold) and options.get("on_error", "stop") == "stop"


def _is_needed(item: t.Any) -> bool:
    return isinstance(item, dict) and controller_files.is_needed(item)
