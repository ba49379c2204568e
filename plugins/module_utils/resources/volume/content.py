# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a volume is to be filled with, as a task states it."""

from __future__ import annotations

import hashlib
import os
import re
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec

FORMATS = ("raw", "qcow2", "qcow", "qed", "vdi", "vmdk", "vpc", "vhdx", "parallels")
#: How many digits a checksum has.
ALGORITHMS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
#: Of what may be a file's name: how it is compressed.
SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}

OPTIONS: dict[str, t.Any] = {
    "url": {"type": "str"},
    "src": {"type": "str"},
    "remote_src": {"type": "bool", "default": False},
    "member": {"type": "str"},
    "volume": {"type": "str"},
    "pool": {"type": "str"},
    "reflink": {"type": "bool", "default": False},
    "checksum": {"type": "str"},
    "format": {"type": "str", "choices": list(FORMATS)},
    "compression": {"type": "str", "choices": ["none", *SUFFIXES.values()]},
    "overwrite": {"type": "bool", "default": False},
    "tmp_dest": {"type": "str"},
    "timeout": {"type": "int", "default": 30},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "url_username": {"type": "str"},
    "url_password": {"type": "str", "no_log": True},
    "force_basic_auth": {"type": "bool", "default": False},
    "headers": {"type": "dict", "no_log": True},
    # Between the action plugin and the module, for a file of the controller:
    "_checksum": {"type": "str"},  # SHA-256 of it
    "_staged": {"type": "str"},  # where it was brought to on the host
}
RULES: dict[str, t.Any] = {
    "mutually_exclusive": [("url", "src", "volume")],
    "required_one_of": [("url", "src", "volume")],
    "required_by": {"pool": ["volume"], "member": ["src"]},
}

URL, FILE, CONTROLLER, VOLUME = "url", "file of the host", "file of the controller", "volume"


@dataclass(frozen=True)
class Checksum:
    """What the content has to add up to: digits, or where to find them."""

    algorithm: str
    digits: str
    url: str = ""


@dataclass(frozen=True)
class Content:
    """What to fill a volume with."""

    kind: str
    place: str  # the URL, the path, or POOL/VOLUME
    checksum: Checksum | None
    format: str
    compression: str  # empty where nobody says
    overwrite: bool
    member: str = ""  # a file in the archive that the place is
    pool: str = ""  # of a volume
    volume: str = ""
    reflink: bool = False
    staged: str = ""  # where a file of the controller is on the host
    tmp_dest: str = ""
    request: dict[str, t.Any] = field(default_factory=dict)  # how to ask for the URL

    @property
    def shown(self) -> str:
        """Where it comes from, for people: without what may be a secret."""
        if self.kind != URL:
            shown = f"{self.kind} {self.place}" if self.kind == VOLUME else self.place
            return f"{self.member} of {shown}" if self.member else shown
        parts = urlsplit(self.place)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))

    @property
    def identity(self) -> str:
        """What tells it from other origins, where nothing is known of the content itself."""
        within = f" {self.member}" if self.member else ""
        return hashlib.sha256(f"{self.kind} {self.place}{within}".encode()).hexdigest()

    @property
    def path(self) -> str:
        """Where it is as a file that we can open, if it is."""
        return {FILE: self.place, CONTROLLER: self.staged}.get(self.kind, "")


def parse(params: t.Mapping[str, t.Any] | None, pool: str) -> Content | None:
    """Return what the option C(content) states, given the pool of the volume to fill.

    :raises InvalidSpec: with all that is wrong.
    """
    if params is None:
        return None
    problems: list[tuple[str, str]] = []
    kind, place = _origin(params, pool, problems)
    checksum = _checksum(params, kind, problems)
    if params["timeout"] <= 0:
        problems.append(("content.timeout", "it has to be more than 0 seconds"))
    if params["tmp_dest"] and not params["tmp_dest"].startswith("/"):
        problems.append(("content.tmp_dest", f"{params['tmp_dest']!r} is not an absolute path"))
    if params["member"] and kind == CONTROLLER:
        problems.append(("content.member", "the archive has to be on the host, where remote_src=true finds it"))
    if problems:
        raise InvalidSpec(problems)
    suffix = os.path.splitext(urlsplit(place).path if kind == URL else params["member"] or place)[1]
    return Content(
        kind=kind,
        place=place,
        checksum=checksum,
        format=params["format"] or "",
        compression=params["compression"] or ("none" if kind == VOLUME else SUFFIXES.get(suffix, "")),
        overwrite=params["overwrite"],
        member=params["member"] or "",
        pool=params["pool"] or pool,
        volume=params["volume"] or "",
        reflink=params["reflink"],
        staged=params.get("_staged") or "",
        tmp_dest=params["tmp_dest"] or "",
        request=_request(params),
    )


def _origin(params: t.Mapping[str, t.Any], pool: str, problems: list[tuple[str, str]]) -> tuple[str, str]:
    option = next(name for name in ("url", "volume", "src") if params[name] is not None)
    stated = params[option]
    if not stated:
        problems.append((f"content.{option}", "it is empty"))
    if option == "url":
        problems += [("content.url", message) for message in _wrong_in(stated)]
        return URL, stated
    if option == "volume":
        if params["compression"] not in (None, "none") or params["checksum"]:
            problems.append(("content.volume", "a volume is copied as it is: no checksum and no compression"))
        return VOLUME, f"{params['pool'] or pool}/{stated}"
    if stated and params["remote_src"] and not stated.startswith("/"):
        problems.append(("content.src", f"{stated!r} is not an absolute path"))
    return (FILE if params["remote_src"] else CONTROLLER), stated


def _wrong_in(url: str) -> t.Iterator[str]:
    """Return what is wrong with a URL."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        yield f"it is no URL: {error}"
        return
    if url and parts.scheme not in ("http", "https", "ftp", "file"):
        yield "it has to begin with http://, https://, ftp:// or file://"
    if "@" in parts.netloc:
        yield "name and password have options of their own, which are never shown"


def _checksum(params: t.Mapping[str, t.Any], kind: str, problems: list[tuple[str, str]]) -> Checksum | None:
    stated = params["checksum"]
    if not stated:
        known = params.get("_checksum")
        return Checksum("sha256", known) if known else None
    algorithm, _colon, value = stated.partition(":")
    algorithm = algorithm.strip().lower()
    value = value.strip()
    if algorithm not in ALGORITHMS:
        problems.append(("content.checksum", f"it has to begin with one of {', '.join(ALGORITHMS)} and a colon"))
        return None
    if re.match(r"(https?|ftp|file)://", value):
        if kind != URL:
            problems.append(("content.checksum", "that of a file has to be stated itself, not where it is found"))
        return Checksum(algorithm, "", value)
    if not re.fullmatch(f"[0-9a-fA-F]{{{ALGORITHMS[algorithm]}}}", value):
        problems.append(("content.checksum", f"{value!r} is neither a {algorithm} checksum nor a URL of one"))
    return Checksum(algorithm, value.lower())


def _request(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    names = ("timeout", "validate_certs", "ca_path", "url_username", "url_password", "force_basic_auth", "headers")
    return {name: params[name] for name in names}
