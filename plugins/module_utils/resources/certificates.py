# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of C(certificate) on the host: it looks, makes keys and writes certificates, as its action plugin says."""

from __future__ import annotations

import grp
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import key_files
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec

OPTIONS: dict[str, t.Any] = {
    "ca": {
        "type": "dict",
        "required": True,
        "options": {
            "certificate": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
            "passphrase": {"type": "str", "no_log": True},
            "create": {"type": "bool", "default": False},
            "name": {"type": "str", "default": "hypervise.kvm"},
            "dest": {"type": "path", "required": True},
            "replace": {"type": "bool", "default": False},
        },
    },
    "names": {"type": "list", "elements": "str", "required": True},
    "certificates": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "dest": {"type": "path", "required": True},
            "key": {"type": "path", "required": True, "no_log": False},
            "purpose": {"type": "str", "choices": ["server", "client"], "required": True},
        },
    },
    "group": {"type": "str"},
    "valid_days": {"type": "int", "default": 365},
    "renew_days": {"type": "int", "default": 30},
    "_step": {"type": "str", "choices": ["observe", "request", "install"], "default": "observe"},
    "_issued": {"type": "dict"},
}


def work(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """Do one step of those that the action plugin takes; what has been decided is decided there."""
    group = _group(params)
    keys = [key_files.KeptFile(each["key"], group) for each in params["certificates"]]
    requests = []
    if params["_step"] == "request":
        for key in keys:
            if key.public_key() is None:
                key.make()
            key.keep()
        requests = [key.request() for key in keys]
    if params["_step"] == "install":
        # the authority first: a certificate that nobody could verify is of no use
        if params["_issued"]["ca"]:
            key_files.write(params["ca"]["dest"], params["_issued"]["ca"])
        for dest, text in params["_issued"]["certificates"].items():
            key_files.write(dest, text)
    found = []
    for key, each in zip(keys, params["certificates"]):
        public_key = key.public_key()
        kept = public_key is not None and key.is_kept()
        found.append({"certificate": key_files.read(each["dest"]), "public_key": public_key, "key_is_kept": kept})
    return {
        "changed": params["_step"] != "observe",
        "options": params,
        "ca": key_files.read(params["ca"]["dest"]),
        "certificates": found,
        "requests": requests,
    }


def _group(params: dict[str, t.Any]) -> int | None:
    """Return the number of the group that reads keys.

    :raises InvalidSpec: with all that is wrong with the options.
    """
    problems = []
    if not params["names"] or len(params["names"][0]) > 64:
        problems.append(("names", "must hold at least one name, the first of 64 characters at most"))
    if not 0 <= params["renew_days"] < params["valid_days"]:
        problems.append(("renew_days", f"must be 0 or more, and less than valid_days ({params['valid_days']})"))
    group = None
    if params["group"]:
        try:
            group = grp.getgrnam(params["group"]).gr_gid
        except KeyError:
            problems.append(("group", f"this host has no group {params['group']}"))
    if problems:
        raise InvalidSpec(problems)
    return group
