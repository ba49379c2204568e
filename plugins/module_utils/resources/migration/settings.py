# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a guest is moved: each option, and what it is called in libvirt's call.

See U(https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateFlags). To support another of libvirt's
settings, add a row, and its documentation to the module.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.connection import constant
from ansible_collections.hypervise.kvm.plugins.module_utils.units import parse_size, round_up

Options = t.Mapping[str, t.Any]

_MIB = 2**20


def _mebibytes(value: str) -> int:
    return round_up(parse_size(value), _MIB) // _MIB


def _number(value: t.Any) -> t.Any:
    return value


@dataclass(frozen=True)
class Setting:
    """An option of the module."""

    name: str
    spec: t.Mapping[str, t.Any]  # of the option
    flag: str = ""  # libvirt's constant, without VIR_MIGRATE_
    parameter: str = ""  # libvirt's parameter that takes the value
    encode: t.Callable[[t.Any], t.Any] = _number
    needs: str = ""  # another option without which it means nothing


_BOOL = {"type": "bool", "default": False}
_INT = {"type": "int"}
_STR = {"type": "str"}

SETTINGS = (
    Setting("live", {"type": "bool", "default": True}, "LIVE"),
    Setting("peer2peer", {"type": "bool", "default": True}, "PEER2PEER"),
    Setting("tunnelled", _BOOL, "TUNNELLED", needs="peer2peer"),
    Setting("tls_destination", _STR, parameter="tls.destination"),
    Setting("migrate_uri", _STR, parameter="migrate_uri"),
    Setting("listen_address", _STR, parameter="listen_address"),
    Setting("disks_port", _INT, parameter="disks_port"),
    Setting("bandwidth", _STR, parameter="bandwidth", encode=_mebibytes),
    Setting("parallel_connections", _INT, "PARALLEL", "parallel.connections"),
    Setting(
        "compression",
        {"type": "list", "elements": "str", "choices": ["xbzrle", "mt", "zlib", "zstd"], "default": []},
        "COMPRESSED",
        "compression",
    ),
    Setting("auto_converge", _BOOL, "AUTO_CONVERGE"),
    Setting("auto_converge_initial", _INT, parameter="auto_converge.initial", needs="auto_converge"),
    Setting("auto_converge_increment", _INT, parameter="auto_converge.increment", needs="auto_converge"),
    Setting("postcopy", _BOOL, "POSTCOPY", needs="live"),
    Setting("postcopy_bandwidth", _STR, parameter="bandwidth.postcopy", encode=_mebibytes, needs="postcopy"),
    Setting("synchronous_writes", _BOOL, "NON_SHARED_SYNCHRONOUS_WRITES"),
    Setting("abort_on_error", _BOOL, "ABORT_ON_ERROR"),
    Setting("unsafe", _BOOL, "UNSAFE"),
)


def argument_spec() -> dict[str, t.Any]:
    """Return the options of the table."""
    return {setting.name: dict(setting.spec) for setting in SETTINGS}


def problems(options: Options) -> t.Iterator[tuple[str, str]]:
    """Return what is wrong with the options by themselves."""
    for setting in _stated(options):
        if setting.needs and not options[setting.needs]:
            yield setting.name, f"means nothing without {setting.needs}=true"
        try:
            setting.encode(options[setting.name])
        except ValueError as error:
            yield setting.name, str(error)


def flags(options: Options) -> int:
    """Return libvirt's flags."""
    return sum(constant(f"MIGRATE_{setting.flag}") for setting in _stated(options) if setting.flag)


def parameters(options: Options) -> dict[str, t.Any]:
    """Return libvirt's typed parameters."""
    return {
        setting.parameter: setting.encode(options[setting.name]) for setting in _stated(options) if setting.parameter
    }


def _stated(options: Options) -> list[Setting]:
    return [setting for setting in SETTINGS if options[setting.name]]
