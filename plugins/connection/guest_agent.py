# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: guest_agent
short_description: Run tasks inside guests through the QEMU guest agent
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Runs ordinary modules in a guest without a network to it, through the hypervisor and the QEMU guest agent, as the
    user that the agent is (C(root), as a rule). Nothing runs on the hypervisor but libvirt.
  - Modules are sent by pipelining. Files are copied in pieces and checked by their SHA-256 on both sides.
  - What a program prints is limited by libvirt to about 3 MiB. One that prints more is better told to write a file.
  - The guest needs a POSIX shell, C(sha256sum) for copies of files, and Python for most modules. Windows guests are not
    supported.
options:
  uri:
    description: The libvirt connection to the guest's hypervisor, seen from the controller.
    type: str
    default: qemu:///system
    vars:
      - name: ansible_libvirt_uri
    env:
      - name: LIBVIRT_DEFAULT_URI
  domain:
    description: The name of the domain.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_libvirt_domain
  timeout:
    description: Within how many seconds the hypervisor has to be reached.
    type: float
    default: 30
    vars:
      - name: ansible_guest_agent_connect_timeout
  agent_timeout:
    description:
      - For how many seconds the agent may be silent. A guest whose agent was silent for longer is unreachable.
      - libvirt gives up after 5 seconds by itself where the agent does not even say that it is there.
    type: float
    default: 10
    vars:
      - name: ansible_guest_agent_timeout
  command_timeout:
    description: After how many seconds a program in the guest is killed, with what it started. V(0) is never.
    type: float
    default: 0
    vars:
      - name: ansible_guest_agent_command_timeout
requirements:
  - python3-libvirt and python3-lxml on the controller, the packages of its distribution. They are found also when
    Ansible runs with another Python than the one they are made for.
  - qemu-guest-agent in the guest, with C(guest-exec), C(guest-exec-status) and the C(guest-file-*) commands allowed.
seealso:
  - plugin: hypervise.kvm.libvirt
    plugin_type: inventory
  - module: hypervise.kvm.guest_exec
"""

EXAMPLES = r"""
# An inventory of the plugin hypervise.kvm.libvirt tells where each guest is. In such a file:
#   compose:
#     ansible_connection: "'hypervise.kvm.guest_agent'"
- name: Set up guests that have no network
  hosts: state_running
  connection: hypervise.kvm.guest_agent
  tasks:
    - name: Have the service
      ansible.builtin.service:
        name: nginx
        state: started

- name: Look into a guest of another host
  hosts: web1
  connection: hypervise.kvm.guest_agent
  vars:
    ansible_libvirt_uri: qemu+ssh://root@hv1.example.com/system
  tasks:
    - name: Gather its facts
      ansible.builtin.setup:
"""

import base64
import typing as t

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase

from ansible_collections.hypervise.kvm.plugins.plugin_utils.guest_agent import Failed, Service

#: What makes a guest unreachable, and no failure of a task.
_UNREACHABLE = ("AgentSilent", "ConnectionFailed", "NotFound")


class Connection(ConnectionBase):
    """Programs and files go through the agent; everything else is Ansible's."""

    transport = "hypervise.kvm.guest_agent"
    has_pipelining = True

    _service: Service | None = None

    def _connect(self) -> Connection:
        if self._service is None:
            options = {name: self.get_option(name) for name in ("uri", "domain", "agent_timeout", "timeout")}
            try:
                self._service = Service(**options)
            except Failed as error:
                raise AnsibleConnectionFailure(str(error)) from error
            self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        answer = self._ask(
            do="run",
            argv=["/bin/sh", "-c", cmd],
            stdin=base64.b64encode(in_data or b"").decode(),
            timeout=self.get_option("command_timeout"),
        )
        return answer["rc"], base64.b64decode(answer["stdout"]), base64.b64decode(answer["stderr"])

    def put_file(self, in_path: str, out_path: str) -> None:
        self._ask(do="put", source=in_path, destination=out_path)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        self._ask(do="get", source=in_path, destination=out_path)

    def close(self) -> None:
        if self._service is not None:
            self._service.end()
        self._service = None
        self._connected = False

    def _ask(self, **request: t.Any) -> dict[str, t.Any]:
        self._connect()
        try:
            return t.cast(Service, self._service).ask(**request)
        except Failed as error:
            kind = AnsibleConnectionFailure if error.kind in _UNREACHABLE else AnsibleError
            raise kind(str(error)) from error
