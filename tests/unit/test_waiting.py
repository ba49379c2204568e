# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for answers: who is silent holds up nobody for longer than the limit."""

from __future__ import annotations

import functools
import threading
import time

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import answers_within


def test_all_answer() -> None:
    questions = {number: functools.partial(str, number) for number in range(20)}
    assert answers_within(questions, 10, at_once=3) == {number: str(number) for number in range(20)}


def test_silent_ones_are_left_alone() -> None:
    never = threading.Event()
    began = time.monotonic()
    answers = answers_within({"silent": never.wait, "quick": lambda: True, "too late": never.wait}, 0.5, at_once=2)
    assert answers == {"quick": True}
    assert time.monotonic() - began < 5
    never.set()


def test_what_fails_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        answers_within({"one": lambda: 1 // 0}, 10, at_once=1)
