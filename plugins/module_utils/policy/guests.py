# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which guests a policy is about: by name, and by what their labels say."""

from __future__ import annotations

import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import OperationFailed
from ansible_collections.hypervise.kvm.plugins.module_utils.policy import call


def are_asked(policy: t.Mapping[str, t.Any]) -> bool:
    """Tell whether the guests of this host matter; points can be of others."""
    return "backup" in policy or bool(policy.get("labels"))


def chosen(policy: t.Mapping[str, t.Any]) -> list[str]:
    """Return the names of the host's guests that are meant.

    :raises OperationFailed: where they cannot be asked for.
    """
    result = call.module("domain_info", {"name": policy["domains"], "addresses": []})
    if result.get("failed"):
        raise OperationFailed(result["msg"])
    return [guest["name"] for guest in result["domains"] if has_labels(guest["spec"], policy.get("labels") or {})]


def has_labels(spec: t.Mapping[str, t.Any], labels: t.Mapping[str, t.Any]) -> bool:
    """Tell whether a guest has all of some labels, each with its value."""
    found = (spec.get("metadata") or {}).get("labels") or {}
    return all(name in found and str(found[name]) == str(value) for name, value in labels.items())
