# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where content comes from: bytes in a row, with their checksums, and nothing taken for whole that is not."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import http.client
import lzma
import os
import re
import time
import typing as t
import zlib
from urllib.error import HTTPError
from urllib.parse import unquote, urljoin, urlsplit

from ansible.module_utils import urls

from ansible_collections.hypervise.kvm.plugins.module_utils import units
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, OperationFailed, Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume import archive
from ansible_collections.hypervise.kvm.plugins.module_utils.resources.volume.content import (
    ALGORITHMS,
    URL,
    Checksum,
    Content,
)

PIECE = 2**20

_OPENERS: dict[str, t.Callable[[t.Any], t.Any]] = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}
SECONDS_BETWEEN_REPORTS = 10

#: How often a server may send us to another place.
REDIRECTS = 10
#: What of a request is for the host alone for which it is stated.
FOR_ITS_HOST = ("url_username", "url_password", "force_basic_auth", "headers")


class Incoming:
    """Bytes as they come in: counted, added up, reported on.

    :arg expected: how many there should be, C(None) where nobody says.
    :arg ends: whether it would be noticed that some at the end are missing.
    """

    def __init__(
        self,
        stream: t.BinaryIO,
        expected: int | None,
        algorithms: t.Iterable[str],
        report: t.Callable[[str], None],
        ends: bool = True,
    ) -> None:
        self.ends = ends
        self._stream, self.expected, self._report = stream, expected, report
        self._sums = {algorithm: _sum(algorithm) for algorithm in algorithms}
        self._count = 0
        self._next_report = time.monotonic() + SECONDS_BETWEEN_REPORTS

    def read(self, size: int = -1) -> bytes:
        """Return some more bytes, none at the end. What the decompressors call."""
        piece = self._stream.read(size if size > 0 else PIECE)
        self._count += len(piece)
        for total in self._sums.values():
            total.update(piece)
        if time.monotonic() >= self._next_report:
            of = f" of {units.about(self.expected)}" if self.expected else ""
            self._report(f"{units.about(self._count)}{of} have come")
            self._next_report = time.monotonic() + SECONDS_BETWEEN_REPORTS
        return piece

    def finish(self) -> dict[str, str]:
        """Return the checksums of all there is.

        :raises OperationFailed: where less came than was announced.
        """
        while self.read(PIECE):
            pass  # what stands behind the end of what was compressed
        if self.expected is not None and self._count != self.expected:
            raise OperationFailed(f"{self._count} bytes came, of {self.expected}; the connection ended too early.")
        return {algorithm: total.hexdigest() for algorithm, total in self._sums.items()}


def pieces(incoming: Incoming, compression: str) -> t.Iterator[bytes]:
    """Return the bytes of the image in pieces."""
    stream: t.Any = _OPENERS[compression](incoming) if compression in _OPENERS else incoming
    while True:
        piece = stream.read(PIECE)
        if not piece:
            return
        yield piece


def opened(content: Content, report: t.Callable[[str], None]) -> tuple[t.BinaryIO, Incoming]:
    """Open what is at a URL or in a file, and return what is to be closed and what is to be read."""
    algorithms = {"sha256", content.checksum.algorithm if content.checksum else "sha256"}
    if content.kind != URL:
        stream, size = _open(content.path, content.member)
        return stream, Incoming(stream, size, algorithms, report)
    answer = _ask(content.place, content)
    length = answer.headers.get("Content-Length")
    ends = bool(length) or "chunked" in answer.headers.get("Transfer-Encoding", "").lower()
    return answer, Incoming(answer, int(length) if length else None, algorithms, report, ends)


def _open(path: str, member: str) -> tuple[t.BinaryIO, int]:
    """Open a file, or one within it, and return it with its size."""
    if member:
        return archive.opened(path, member)
    stream = t.cast(t.BinaryIO, open(path, "rb"))  # noqa: SIM115 -- the caller closes it
    return stream, os.fstat(stream.fileno()).st_size


def _ask(url: str, content: Content) -> t.Any:
    """Open a URL, wherever that leads. A content's password and headers go to the host that the content is at."""
    for _attempt in range(REDIRECTS):
        request = {
            name: value
            for name, value in content.request.items()
            if name not in FOR_ITS_HOST or _host(url) == _host(content.place)
        }
        try:
            return urls.open_url(url, **request, decompress=False, http_agent="hypervise.kvm", follow_redirects="none")
        except HTTPError as error:
            elsewhere = error.headers.get("Location")
            if error.code not in (301, 302, 303, 307, 308) or not elsewhere:
                raise
            error.close()
        url = urljoin(url, elsewhere)
        if urlsplit(url).scheme not in ("http", "https"):
            raise OperationFailed("the server leads to what is no web page.")
    raise OperationFailed(f"the server leads from one place to another, {REDIRECTS} times.")


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def problem(error: Exception, shown: str) -> KvmError:
    """Return in words why content could not be had."""
    if isinstance(error, KvmError):
        error.message = f"content: {shown}: {error.message}"
        return error
    if isinstance(error, http.client.IncompleteRead):
        said = "the connection ended too early"
    elif isinstance(error, TimeoutError) or "timed out" in str(error):
        said = "the server did not send anything for as long as content.timeout allows"
    elif isinstance(error, (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile)):
        said = f"it cannot be decompressed ({error})"
    else:
        said = str(error)
    return OperationFailed(f"content: {shown} could not be had: {said}.", option="content")


#: What goes wrong while content comes in; of Python's own, most are kinds of OSError.
PROBLEMS = (
    OSError,
    http.client.HTTPException,
    EOFError,
    lzma.LZMAError,
    zlib.error,
    ValueError,
    urls.ConnectionError,
    urls.MissingModuleError,
    KvmError,
)


def sum_of(path: str, algorithm: str, member: str = "") -> str:
    """Return the checksum of a file, or of one within it."""
    total = _sum(algorithm)
    with contextlib.closing(_open(path, member)[0]) as stream:
        for piece in iter(lambda: stream.read(PIECE), b""):
            total.update(piece)
    return total.hexdigest()


def _sum(algorithm: str) -> t.Any:
    """Return an empty sum. It is to tell whole from broken: so a host that allows MD5 for nothing else allows it."""
    return hashlib.new(algorithm, usedforsecurity=False)


def known(content: Content) -> Checksum | None:
    """Return the checksum that the content has to have, looked up where it is stated by where to find it.

    :raises KvmError: where it cannot be found.
    """
    if content.checksum is None or not content.checksum.url:
        return content.checksum
    at = content.checksum
    try:
        with _ask(at.url, content) as answer:
            listed = answer.read(PIECE).decode("utf-8", "replace")
    except PROBLEMS as error:
        raise problem(error, "the list of checksums") from error
    digits = digits_of(listed, os.path.basename(unquote(urlsplit(content.place).path)), at.algorithm)
    if not digits:
        raise Refused(
            f"content.checksum: its URL has no {at.algorithm} checksum of {os.path.basename(content.shown)}.",
            "Check the URL, or state the checksum itself.",
            option="content.checksum",
        )
    return Checksum(at.algorithm, digits)


def digits_of(listed: str, name: str, algorithm: str) -> str:
    """Return the checksum of a file in the output of sha256sum and the like, plain or tagged, or one that is alone."""
    length = ALGORITHMS[algorithm]
    lines = [line.strip() for line in listed.splitlines() if line.strip()]
    if len(lines) == 1 and re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", lines[0]):
        return lines[0].lower()
    for line in lines:
        plain = re.fullmatch(rf"([0-9a-fA-F]{{{length}}})\s+\*?(?:\S*/)?([^/]+)", line)
        tagged = re.fullmatch(rf"\w[\w/-]*\s*\((?:.*/)?([^/)]+)\)\s*=\s*([0-9a-fA-F]{{{length}}})", line)
        if plain and plain[2] == name:
            return plain[1].lower()
        if tagged and tagged[1] == name:
            return tagged[2].lower()
    return ""
