# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are whole from the moment they have their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.hypervise.kvm.plugins.module_utils.files import remove, replacing


def test_old_until_whole(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("old")
    kept.chmod(0o644)
    with replacing(str(kept)) as draft:
        draft.write(b"new")
        draft.flush()
        assert kept.read_text() == "old"
    assert kept.read_text() == "new"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [kept]


def test_nothing_is_left_of_what_failed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(kept)
    assert kept.read_text() == "old"
    assert list(tmp_path.iterdir()) == [kept]


def interrupted(kept: Path) -> None:
    with replacing(str(kept)) as draft:
        draft.write(b"half")
        raise KeyboardInterrupt


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with replacing(str(kept)) as first:
        first.write(b"first, and longer")
        with replacing(str(kept)) as second:
            second.write(b"second")
        assert kept.read_text() == "second"
    assert kept.read_text() == "first, and longer"


def test_what_is_gone_is_removed(tmp_path: Path) -> None:
    remove(str(tmp_path / "nothing"))
