# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of a seed: an ISO 9660 file system named cidata, the same to the last byte for the same documents."""

from __future__ import annotations

import contextlib
import io
import os
import time
import typing as t

#: By this name cloud-init finds it.
LABEL = "cidata"

_READ_ONLY_FILE = 0o100444


def image(documents: t.Mapping[str, bytes]) -> bytes:
    """Return the image."""
    import pycdlib  # the one place that needs it

    made = io.BytesIO()
    with _always_the_same_time():
        iso = pycdlib.PyCdlib()
        iso.new(interchange_level=3, joliet=3, rock_ridge="1.09", vol_ident=LABEL)
        for name, text in sorted(documents.items()):
            short = name.replace("-", "").upper()
            iso.add_fp(
                io.BytesIO(text),
                len(text),
                f"/{short}.;1",
                rr_name=name,
                joliet_path=f"/{name}",
                file_mode=_READ_ONLY_FILE,
            )
        iso.write_fp(made)
        iso.close()
    return made.getvalue()


@contextlib.contextmanager
def _always_the_same_time() -> t.Iterator[None]:
    """Have it 1980 in UTC: the library stamps what it makes with the time, and takes no other."""
    clock, zone = time.time, os.environ.get("TZ")
    time.time = lambda: 315532800.0
    _set_zone("UTC0")
    try:
        yield
    finally:
        time.time = clock
        _set_zone(zone)


def _set_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()
