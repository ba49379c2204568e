# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a module's parameters to its result: the one path that all modules take."""

from __future__ import annotations

import importlib
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common import respawn
from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import Connection
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan

#: Interpreters of distributions, for which libraries are packaged, and the packages.
INTERPRETERS = ("/usr/bin/python3", "/usr/libexec/platform-python")
_PACKAGES = {
    "libvirt": "python3-libvirt",
    "lxml": "python3-lxml",
    "nbd": "python3-libnbd",
    "pycdlib": "python3-pycdlib",
}

CONNECTION_OPTIONS: dict[str, t.Any] = {
    "uri": {"type": "str", "default": "qemu:///system", "fallback": (env_fallback, ["LIBVIRT_DEFAULT_URI"])},
}


class Resource(t.Protocol):
    """What a kind of object offers to its state module. C(observe) reads, C(plan) decides, the plan's steps act."""

    def argument_spec(self) -> dict[str, t.Any]: ...

    def parse(self, params: t.Mapping[str, t.Any]) -> t.Any: ...

    def observe(self, connection: Connection, wish: t.Any) -> t.Any: ...

    def plan(self, wish: t.Any, seen: t.Any) -> Plan: ...


def converge(connection: Connection, resource: Resource, wish: t.Any) -> Plan:
    """Bring one object to what is wished, and return the plan that did it. In check mode nothing is carried out.

    :raises KvmError: where the wish is refused or a step fails.
    """
    plan = decide(connection, resource, wish, resource.observe(connection, wish))
    if not connection.check_mode:
        plan.apply(connection)
    return plan


def decide(connection: Connection, resource: Resource, wish: t.Any, seen: t.Any) -> Plan:
    """Return what has to be done, after everything was asked that could refuse it.

    :raises KvmError: where the wish is refused.
    """
    plan = resource.plan(wish, seen)
    if connection.is_local and plan.documents:
        from ansible_collections.hypervise.kvm.plugins.module_utils.schema.validate import validate

        for schema, document in plan.documents:
            validate(schema, document, plan.label)
    for rehearse in plan.rehearsals:
        rehearse(connection)
    return plan


def run_state_module(
    resource: Resource, libraries: t.Sequence[str] = (), withheld: t.Sequence[str] = (), **rules: t.Any
) -> None:
    """Be a state module.

    :arg libraries: that are needed beside those that all modules need.
    :arg withheld: options with whole documents, of which nothing is shown.
    :arg rules: of the argument spec as a whole: C(required_if) and the like.
    """
    module = make_module(resource.argument_spec(), **rules)
    require(module, *libraries)
    params = _withhold(module, withheld)

    def work(connection: Connection) -> dict[str, t.Any]:
        plan = converge(connection, resource, wish)
        for warning in plan.warnings:
            module.warn(warning)
        return {"name": wish.name, **plan.result()}

    try:
        wish = resource.parse(params)
    except KvmError as error:
        module.fail_json(**error.result())
    run(module, work)


def _withhold(module: AnsibleModule, names: t.Sequence[str]) -> dict[str, t.Any]:
    """Return the parameters, and leave the module those that may be shown.

    Ansible would take each word of a document for a secret, and out of the result, where a guest's name is one, too.
    """
    params = dict(module.params)
    if names:
        module.params.update({name: "withheld" for name in names if params[name] is not None})
        module.no_log_values.clear()
    return params


def run_info_module(
    options: dict[str, t.Any], gather: t.Callable[[Connection, t.Mapping[str, t.Any]], dict[str, t.Any]]
) -> None:
    """Be an C(_info) module: I(gather) returns the result."""
    module = make_module(options)
    run(module, lambda connection: {"changed": False, **gather(connection, module.params)})


def make_module(options: dict[str, t.Any], kind: type[AnsibleModule] = AnsibleModule, **rules: t.Any) -> AnsibleModule:
    """Return the module that is being run, by an interpreter that has what it needs."""
    module = kind(argument_spec={**CONNECTION_OPTIONS, **options}, supports_check_mode=True, **rules)
    require(module, "libvirt", "lxml")
    return module


def require(module: AnsibleModule, *libraries: str) -> None:
    """Go on only with an interpreter that has some libraries."""
    missing = [name for name in libraries if not _is_there(name)]
    if missing:
        if not respawn.has_respawned():
            interpreter = respawn.probe_interpreters_for_module(list(INTERPRETERS), missing[0])
            if interpreter:
                respawn.respawn_module(interpreter)  # does not return
        module.fail_json(msg=missing_required_lib(" and ".join(_PACKAGES[name] for name in missing)))


def _is_there(library: str) -> bool:
    try:
        importlib.import_module(library)
    except ImportError:
        return False
    return True


def run(module: AnsibleModule, work: t.Callable[[Connection], dict[str, t.Any]]) -> None:
    """Do some work over a connection, and end with its result or its error."""
    try:
        with Connection(module.params["uri"], module.check_mode, module.log) as connection:
            result = work(connection)
    except KvmError as error:
        module.fail_json(**error.result())
    module.exit_json(**result)
