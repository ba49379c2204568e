# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hypervise.kvm.plugins.module_utils import units


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        (2147483648, 2**31),
        ("2GiB", 2**31),
        (" 2 GiB ", 2**31),
        ("1.5GiB", 3 * 2**29),
        ("512B", 512),
        ("1TiB", 2**40),
        ("0.5KiB", 512),
    ],
)
def test_parse(text: str | int, size: int) -> None:
    assert units.parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2GB", "unknown unit 'GB'"),
        ("2 gib", "unknown unit 'gib'"),
        ("-1GiB", "is not a size"),
        ("", "is not a size"),
        ("GiB", "is not a size"),
        ("1e3", "is not a size"),
        ("0.3B", "not a whole number of bytes"),
    ],
)
def test_parse_refuses_with_what_is_accepted(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        units.parse_size(text)


@given(st.integers(min_value=0, max_value=2**70))
def test_what_is_shown_means_the_same(size: int) -> None:
    assert units.parse_size(units.format_size(size)) == size


@given(st.integers(min_value=0, max_value=2**70), st.integers(min_value=1, max_value=2**40))
def test_round_up(size: int, step: int) -> None:
    rounded = units.round_up(size, step)
    assert rounded % step == 0
    assert 0 <= rounded - size < step
