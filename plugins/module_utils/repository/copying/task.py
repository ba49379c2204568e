# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the parameters of a module that copies points to its result."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.module import require
from ansible_collections.hypervise.kvm.plugins.module_utils.repository import task
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying.wish import OPTIONS, parse
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.copying.work import work
from ansible_collections.hypervise.kvm.plugins.module_utils.repository.repository import Repository


def run() -> None:
    """Be that module."""
    module = AnsibleModule(argument_spec={**task.OPTIONS, **OPTIONS}, supports_check_mode=True)
    require(module, "nbd")
    path, check_mode = module.params["repository"], module.check_mode
    try:
        wish = parse(module.params)
        with wish.source.catalogue() as catalogue:
            found = task.chosen(catalogue, module.params["domain"])
            here = _opened(path, module.params["create"], check_mode)
            told = task.each(found, lambda there: work(there, here, wish, check_mode))
    except KvmError as error:
        module.fail_json(**error.result())
    task.end(module, told)


def _opened(path: str, create: bool, check_mode: bool) -> Repository:
    if not create or not Repository.can_be_made(path):
        return Repository.open(path)
    try:
        return Repository(path, "") if check_mode else Repository.create(path)
    except OSError as error:
        raise OperationFailed(f"repository: {path} cannot be made: {error.strerror or error}.") from error
