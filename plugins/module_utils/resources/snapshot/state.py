# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks of a guest's snapshots, and what there is."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import beside
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.snapshot.tree import Tree


@dataclass(frozen=True)
class Wish:
    """A snapshot of one guest."""

    domain: str
    name: str
    state: str = "present"
    spec: t.Mapping[str, t.Any] = field(default_factory=dict)  # what is stated of it: description, type, memory …
    files: t.Mapping[str, str] = field(default_factory=dict)  # where a disk goes on, by target, where that is stated
    quiesce: bool = False
    children: bool = False

    @property
    def label(self) -> str:
        """The snapshot in words."""
        return f"snapshot {self.name} of domain {self.domain}"


@dataclass(frozen=True)
class Disk:
    """A disk of a guest of which snapshots can be."""

    target: str
    path: str = ""  # where its image is, as far as that is a file that libvirt tells of
    format: str = ""
    left_out: bool = False  # the domain's definition says so
    pool: str = ""  # with volume: how the definition names the image, if it does not by its path
    volume: str = ""


@dataclass
class Guest:
    """What is to be seen of a guest that matters for its snapshots."""

    name: str
    power: str = "absent"
    document: xml.Element = None  # as it runs, else as it is stored
    tree: Tree = field(default_factory=Tree)
    disks: tuple[Disk, ...] = ()
    reverts_external: bool = False  # the daemon knows how
    snapshots_nvram: bool = False  # the daemon takes UEFI variables into internal snapshots, where they are qcow2
    checkpoints: tuple[str, ...] = ()  # their names
    agent: bool = False  # the guest agent is there
    files: frozenset[str] = frozenset()  # those among the paths that matter that exist
    exposed: tuple[str, ...] = ()  # overlays that everybody on the host can read
    # what a daemon that was killed has left (remains.py)
    stranded: bool = False  # it stands still, though it was running
    merging: tuple[str, ...] = ()  # the targets of disks that are being merged, and nobody waits for it
    worthless: frozenset[str] = frozenset()  # files that hold nothing
    unknown: tuple[str, ...] = ()  # the targets of images with an internal snapshot that libvirt does not know

    @property
    def exists(self) -> bool:
        """Whether there is such a guest."""
        return self.document is not None

    @property
    def awake(self) -> bool:
        """Whether it is in memory."""
        return self.power in ("running", "paused", "suspended")

    @property
    def nvram(self) -> str:
        """The file with its UEFI variables, empty where it has none, or none yet."""
        return beside.variables(self.document) if self.exists else ""

    @property
    def is_efi(self) -> bool:
        """Whether its firmware is in flash memory."""
        return xml.get(self.document, "os/@firmware") == "efi" or xml.get(self.document, "os/loader/@type") == "pflash"

    @property
    def nvram_is_qcow2(self) -> bool:
        """Whether the variables are in a format that can hold snapshots."""
        return xml.get(self.document, "os/nvram/@format") == "qcow2"

    @property
    def tpm(self) -> str:
        """The file with the state of its emulated TPM, empty where it has none."""
        directory = beside.tpm_state(self.document) if self.exists else ""
        kind = "tpm1.2/tpm" if xml.get(self.document, "devices/tpm/backend/@version") == "1.2" else "tpm2/tpm2"
        return directory and f"{directory}/{kind}-00.permall"

    @property
    def beside(self) -> list[str]:
        """The files beside its disks in which it keeps something."""
        return [path for path in (self.nvram, self.tpm) if path]
