#!/usr/bin/python
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate
short_description: Have keys and certificates of TLS on a host
version_added: 0.1.0
author:
  - The hypervise.kvm contributors (@hypervise)
description:
  - Private keys are made on the host and never leave it. Certificates for them are signed on the controller, by an
    authority of yours or one that is made there; its key never leaves the controller.
  - A certificate is made anew when it is about to expire, or when its names, its purpose, its key or its authority are
    others than stated. The key stays; to have a new one, remove its file.
  - Whoever uses a certificate has to be told to read it again. The role P(hypervise.kvm.host#role) does so
    for libvirt.
extends_documentation_fragment:
  - hypervise.kvm.attributes
  - hypervise.kvm.attributes.state_module
attributes:
  platform:
    details:
      - Linux with the program C(openssl).
      - The controller needs the Python library cryptography 42 or newer, which comes with ansible-core.
options:
  ca:
    description: The authority that signs.
    type: dict
    required: true
    suboptions:
      certificate:
        description:
          - File on the controller with its certificate first. Whatever follows is trusted by the host too, be it the
            authorities above it or one that is being replaced.
          - Relative to the playbook, or with C(~).
        type: str
        required: true
      key:
        description:
          - File on the controller with its private key. It is read only where a certificate is due.
        type: str
        required: true
      passphrase:
        description: Of the private key. Take it from a vault.
        type: str
      create:
        description:
          - Make the authority where O(ca.certificate) does not exist, for ten years.
          - A key without O(ca.passphrase) is not made inside of a git checkout.
        type: bool
        default: false
      name:
        description: The name of an authority that is made.
        type: str
        default: hypervise.kvm
      dest:
        description: File on the host with the authorities that it trusts.
        type: path
        required: true
      replace:
        description:
          - Whether the host may forget authorities that it trusts now and O(ca.certificate) does not hold. It is
            refused otherwise, for it cuts the host off from those that were not given new certificates yet.
        type: bool
        default: false
  names:
    description: Host names and addresses that the certificates are for. The first is also the name of their subject.
    type: list
    elements: str
    required: true
  certificates:
    description: The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
      dest:
        description: File of the certificate.
        type: path
        required: true
      key:
        description: File of its private key.
        type: path
        required: true
      purpose:
        description: Whether it proves who a server is, or who a client is.
        type: str
        choices: [server, client]
        required: true
  group:
    description:
      - Group that may read the private keys besides their owner, as the group that QEMU runs in must.
      - If it is not stated, only their owner may.
    type: str
  valid_days:
    description: For how many days a new certificate is valid, though never longer than that of the authority.
    type: int
    default: 365
  renew_days:
    description: How many days before it expires a certificate is made anew.
    type: int
    default: 30
  _step:
    description: Internal use. What the action plugin wants of the module.
    type: str
    choices: [observe, request, install]
    default: observe
  _issued:
    description: Internal use. What the action plugin brings.
    type: dict
seealso:
  - name: libvirt on TLS
    description: Where libvirt looks for its certificates.
    link: https://libvirt.org/kbase/tlscerts.html
"""

EXAMPLES = r"""
- name: Have a client certificate on the machine from which hosts are administered
  hypervise.kvm.certificate:
    ca:
      certificate: ~/.config/hypervise.kvm/ca/libvirt.pem
      key: ~/.config/hypervise.kvm/ca/libvirt.key
      dest: /etc/pki/CA/cacert.pem
    names: ["{{ inventory_hostname }}"]
    certificates:
      - dest: /etc/pki/libvirt/clientcert.pem
        key: /etc/pki/libvirt/private/clientkey.pem
        purpose: client
"""

RETURN = r"""
certificates:
  description: The certificates that are on the host now, in check mode those before the change.
  returned: success
  type: list
  elements: dict
  contains:
    dest:
      description: Its file.
      type: str
      sample: /etc/pki/libvirt/servercert.pem
    due:
      description: Why it was made anew, or would be in check mode.
      type: list
      elements: str
      sample: [it expires on 2027-05-01]
    issuer:
      description: Who signed it.
      type: str
      sample: CN=hypervise.kvm libvirt
    names:
      description: Host names and addresses that it is for.
      type: list
      elements: str
      sample: [192.0.2.11, hv1, hv1.example.com]
    purpose:
      description: What it proves.
      type: str
      sample: server
    expires:
      description: Its last moment.
      type: str
      sample: "2028-05-01T12:00:00Z"
    fingerprint:
      description: SHA-256 of it.
      type: str
      sample: 2f6a0c
changes:
  description: What was changed, or would be in check mode.
  returned: success
  type: list
  elements: dict
  sample:
    - path: /etc/pki/libvirt/servercert.pem
      before:
      after: {issuer: CN=hypervise.kvm libvirt, names: [hv1], purpose: server, valid_days: 365}
      when: stored
error:
  description: What went wrong, for playbooks; RV(msg) says it for people.
  returned: failure
  type: dict
  sample: {type: Refused, hint: Correct the path.}
msg:
  description: What went wrong, and what to do next.
  returned: failure
  type: str
  sample: "ca.certificate: there is no /home/me/ca.pem on the controller. Correct the path."
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import certificates


def main() -> None:
    module = AnsibleModule(argument_spec=certificates.OPTIONS, supports_check_mode=True)
    try:
        module.exit_json(**certificates.work(module.params))
    except KvmError as error:
        module.fail_json(**error.result())


if __name__ == "__main__":
    main()
