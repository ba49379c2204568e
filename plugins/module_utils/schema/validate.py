# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's own RELAX NG schemas, where they are installed: what they refuse is refused before anything is touched."""

from __future__ import annotations

import os

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused

SCHEMAS = "/usr/share/libvirt/schemas"


def validate(schema: str, document: xml.Element, label: str) -> None:
    """Check a document that is to be stored.

    :arg schema: the file's name without its ending, C(domain) for C(domain.rng).
    :raises Refused: with what the schema says.
    """
    path = os.path.join(SCHEMAS, schema + ".rng")
    if not os.path.exists(path):
        return
    problem = xml.schema_problem(path, document)
    if problem:
        raise Refused(
            f"{label}: libvirt's schema {schema}.rng does not accept the definition this would make: {problem}.",
            "Check the options named there against libvirt's documentation.",
        )  # without the document: it may hold secrets that the task does not state, and Ansible does not know as such
