# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as people write them. libvirt counts in many units; an option of ours is always bytes or an IEC string."""

from __future__ import annotations

import re

IEC = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50, "EiB": 2**60}

# What libvirt writes and reads in @unit (formatdomain.html#memory-allocation, formatstorage.html): also
# plain letters as powers of two and the SI names as powers of ten.
LIBVIRT = {
    **IEC,
    "b": 1,
    "bytes": 1,
    "byte": 1,
    **{letter: factor for name, factor in IEC.items() for letter in (name[0], name[0].lower()) if name != "B"},
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "PB": 10**15,
    "EB": 10**18,
}

_SIZE = re.compile(r"^\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-z]*)\s*$")


def parse_size(value: str | int) -> int:
    """Return a number of bytes from C(2147483648), C('2GiB') or C('1.5 GiB').

    :raises ValueError: with a sentence that says what is accepted.
    """
    text = str(value)
    match = _SIZE.match(text)
    accepted = "bytes as a whole number, or a number with one of " + ", ".join(IEC)
    if not match:
        raise ValueError(f"{text!r} is not a size; use {accepted}")
    unit = match["unit"] or "B"
    if unit not in IEC:
        raise ValueError(f"{text!r} has the unknown unit {unit!r}; use {accepted}")
    whole, _separator, fraction = match["number"].partition(".")
    scale = 10 ** len(fraction)
    amount, rest = divmod(int(whole + fraction) * IEC[unit], scale)
    if rest:
        raise ValueError(f"{text!r} is not a whole number of bytes")
    return amount


def format_size(value: int) -> str:
    """Return the shortest exact IEC form: C('2GiB'), C('1536MiB'), C('1000B')."""
    for unit, factor in reversed(list(IEC.items())):
        if value and value % factor == 0:
            return f"{value // factor}{unit}"
    return f"{value}B"


def about(value: int) -> str:
    """Return a size for a person who wants no bytes: C('252.0GiB')."""
    unit, factor = next((item for item in reversed(list(IEC.items())) if value >= item[1]), ("B", 1))
    return f"{value}B" if factor == 1 else f"{value / factor:.1f}{unit}"


def round_up(value: int, step: int) -> int:
    """Return the smallest multiple of I(step) that is not less than I(value)."""
    return -(-value // step) * step
