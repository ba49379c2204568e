# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Must say what `connection` in plugins/module_utils does.
    DOCUMENTATION = r"""
options:
  uri:
    description:
      - The libvirt connection to work on, seen from the managed host.
      - If it is not given, the environment variable E(LIBVIRT_DEFAULT_URI) of the managed host decides, and without
        that V(qemu:///system).
    type: str
    default: qemu:///system
requirements:
  - libvirt 9.0 or newer, running on the managed host
  - python3-libvirt and python3-lxml, the packages of the managed host's own distribution. They are found also when
    Ansible runs its modules with another Python than the one they are made for.
"""
