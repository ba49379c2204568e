# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes from outside is data, and never a template that Ansible would carry out."""

from __future__ import annotations

import typing as t

from ansible import template

Value = t.TypeVar("Value")


def data(value: Value) -> Value:
    """Return a value from outside so that nothing in it is a template."""
    if hasattr(template, "trust_as_template"):
        return value  # since ansible-core 2.19 only what is trusted is one
    from ansible.utils.unsafe_proxy import wrap_var

    return t.cast(Value, wrap_var(value))
