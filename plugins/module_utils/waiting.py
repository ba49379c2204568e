# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting, never without a limit: for something to become true, for answers of several who may be silent."""

from __future__ import annotations

import queue
import threading
import time
import typing as t

Key = t.TypeVar("Key")
Answer = t.TypeVar("Answer")


def wait_until(met: t.Callable[[], bool], timeout: float, longest_pause: float = 0.5) -> bool:
    """Ask I(met) until it says yes, at first often, and return whether it did within I(timeout) seconds."""
    deadline = time.monotonic() + timeout
    pause = 0.02
    while not met():
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, longest_pause)
    return True


def answers_within(
    questions: t.Mapping[Key, t.Callable[[], Answer]], timeout: float, at_once: int
) -> dict[Key, Answer]:
    """Ask several, so many at once, and return what was answered within I(timeout) seconds.

    Who has not answered by then is left alone with the question: nobody waits for that thread, not even at the end.
    """
    due: queue.SimpleQueue[tuple[Key, t.Callable[[], Answer]]] = queue.SimpleQueue()
    for item in questions.items():
        due.put(item)
    outcomes: queue.SimpleQueue[tuple[Key, t.Callable[[], Answer]]] = queue.SimpleQueue()

    def ask() -> None:
        while True:
            try:
                key, question = due.get_nowait()
            except queue.Empty:
                return
            outcomes.put((key, _outcome(question)))

    for _number in range(min(at_once, len(questions))):
        threading.Thread(target=ask, daemon=True).start()
    deadline = time.monotonic() + timeout
    answers: dict[Key, Answer] = {}
    while len(answers) < len(questions):
        try:
            key, outcome = outcomes.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        answers[key] = outcome()
    return answers


def _outcome(question: t.Callable[[], Answer]) -> t.Callable[[], Answer]:
    """Return what returns the answer to a question, or raises what asking raised."""
    try:
        answer = question()
    except Exception as error:
        raised = error

        def fail() -> Answer:
            raise raised

        return fail
    return lambda: answer
