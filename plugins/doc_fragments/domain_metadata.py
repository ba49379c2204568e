# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The options of plugins/module_utils/schema/domain/metadata.py and genid of table.py.
    DOCUMENTATION = r"""
options:
  genid:
    description:
      - The generation of the domain (C(<genid>)), a UUID by which a guest sees that it was cloned or set back. libvirt
        gives it another one when that happens. A change waits for a restart.
    type: str
  metadata:
    description:
      - What people say about the domain, kept with its definition in an element of our own below C(<metadata>), in the
        XML namespace C(urn:hypervise:kvm:domain:1). The metadata of other programs is left alone.
      - A change is live.
    type: dict
    suboptions:
      owner:
        description:
          - Whom the domain belongs to. An empty text removes it.
        type: str
      expires:
        description:
          - When the domain is no longer needed, as V(2027-01-31) or V(2027-01-31T18:00:00+01:00), which is kept in UTC.
            Nothing is done to it then. An empty text removes it.
        type: str
      labels:
        description:
          - Words to select domains by, each with its value. Those that are stated are all of them.
        type: dict
      manifest:
        description:
          - The manifest that the domain belongs to, as M(hypervise.kvm.manifest) writes it, which is its label
            and the UUID of the host, V(shop@4c4c4544-0034-4d10-8052-b4c04f4a3132). An empty text removes it.
        type: str
"""
