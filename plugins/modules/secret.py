#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: secret
short_description: Manage secrets
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Defines, changes and removes libvirt's secrets, the passphrases and keys with which encrypted volumes are opened and
    storage is logged in to, and sets their values (U(https://libvirt.org/formatsecret.html)).
  - A secret has no name. It is found by O(uuid) if that is stated, and by O(usage) otherwise. One of them has to be.
  - The value is shown nowhere. That it was set is shown in RV(changes) and the diff, without what it was or is.
  - A secret that a domain or a storage pool has, or with which an existing volume is encrypted, is not removed.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
  - hypervise.kvm.attributes.actiongroup_kvm
  - hypervise.kvm.connection
options:
  state:
    description:
      - V(present) makes sure that the secret is there as stated.
      - V(absent) removes it with its value. All options but O(uuid) and O(usage) are then ignored.
    type: str
    choices: [present, absent]
    default: present
  uuid:
    description:
      - The secret's UUID. libvirt makes one up if none is stated. It cannot be changed.
    type: str
  usage:
    description:
      - What the secret is for (C(<usage>)). No two secrets are for the same. It cannot be changed.
    type: dict
    suboptions:
      type:
        description:
          - The kind of what it is for (the attribute C(type)).
          - V(volume) is the passphrase of an encrypted volume, V(ceph) the key of a Ceph user, V(iscsi) the password of
            an iSCSI target, V(tls) the passphrase of a TLS key, V(vtpm) that of the state of an emulated TPM.
        type: str
        required: true
        choices: [volume, ceph, iscsi, tls, vtpm]
      volume:
        description:
          - The path of the volume, for O(usage.type=volume) (C(<volume>)).
        type: str
      name:
        description:
          - A name for it, for O(usage.type=ceph), O(usage.type=tls) and O(usage.type=vtpm) (C(<name>)).
        type: str
      target:
        description:
          - A name for the target, for O(usage.type=iscsi) (C(<target>)).
        type: str
  description:
    description:
      - A description for people (C(<description>)). An empty one removes it.
    type: str
  ephemeral:
    description:
      - Whether the secret is kept in memory alone, and gone when libvirt's daemon stops (V(false), unless stated; the
        attribute C(ephemeral)).
    type: bool
  private:
    description:
      - Whether libvirt tells the value to nobody but its own drivers (V(false), unless stated; the attribute
        C(private)). This cannot be taken back.
      - A new secret is private from when it has its value on.
    type: bool
  value:
    description:
      - The value, as text, in UTF-8 and without a line break at its end unless there is one.
      - If neither this nor O(value_base64) is stated, the value is left alone, and a new secret has none.
    type: str
  value_base64:
    description:
      - The value in Base64, for one that is not text. The keys of Ceph are in Base64 as they come from C(ceph auth
        get-key), and libvirt wants what they stand for, so they go here.
    type: str
  update_value:
    description:
      - What becomes of the value of a secret that there is already.
      - V(if_different) compares it, and sets it where it is another. The value of a private secret cannot be compared;
        it is left alone, with a warning.
      - V(on_create) leaves a value alone, whatever it is. A secret that is not private and has none gets it.
      - V(always) sets it in each run, and each run says that it has changed something.
    type: str
    choices: [if_different, on_create, always]
    default: if_different
  xml:
    description:
      - All or some of a secret's definition as libvirt's own XML, a document C(<secret>) or some of the elements that
        are to be in one. It says the same as the options do, and where both state something, the option counts.
      - It is not logged.
    type: str
seealso:
  - module: hypervise.kvm.secret_info
  - name: Secret XML format
    description: What libvirt says about the elements named above.
    link: https://libvirt.org/formatsecret.html
"""

EXAMPLES = r"""
- name: The key of the Ceph user that guests' disks are reached with
  hypervise.kvm.secret:
    uuid: f52a81b2-424e-490c-823d-6bd4235bc572
    usage:
      type: ceph
      name: client.libvirt
    value_base64: "{{ vault_ceph_key }}"

- name: The passphrase of an encrypted volume, which libvirt keeps to itself
  hypervise.kvm.secret:
    usage:
      type: volume
      volume: /var/lib/libvirt/images/vault.luks
    private: true
    value: "{{ vault_passphrase }}"
    update_value: on_create

- name: A new passphrase for it
  hypervise.kvm.secret:
    usage:
      type: volume
      volume: /var/lib/libvirt/images/vault.luks
    value: "{{ vault_new_passphrase }}"
    update_value: always

- name: Remove a secret
  hypervise.kvm.secret:
    uuid: f52a81b2-424e-490c-823d-6bd4235bc572
    state: absent
"""

RETURN = r"""
name:
  description: What the secret is for, its UUID if for nothing in particular.
  returned: success
  type: str
  sample: ceph client.libvirt
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The option.
      returned: always
      type: str
      sample: description
    before:
      description: The value before, V(null) if there was none.
      returned: always
      type: raw
      sample: ""
    after:
      description: The value after, V(null) if there is none.
      returned: always
      type: raw
      sample: For the backups
    when:
      description:
        - Always V(stored).
      returned: always
      type: str
      sample: stored
steps:
  description: The calls that were made, or would be made, in this order.
  returned: success
  type: list
  elements: str
  sample: [define, set value]
applied_live:
  description: Always empty; a secret does not run.
  returned: success
  type: list
  elements: str
  sample: []
pending_restart:
  description: Always empty, too.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, for a playbook to look at; RV(ignore:msg) says the same to a person.
  returned: failure, unless Ansible itself refused the options
  type: dict
  contains:
    type:
      description: The kind of error, for example V(InvalidSpec), V(Refused), V(ConnectionFailed) or V(OperationFailed).
      returned: always
      type: str
      sample: Refused
    hint:
      description: What to do next.
      returned: always
      type: str
      sample: Take it out of them first.
"""

from ansible_collections.hypervise.kvm.plugins.module_utils.module import run_state_module
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.secret import Secret


def main() -> None:
    run_state_module(Secret())


if __name__ == "__main__":
    main()
