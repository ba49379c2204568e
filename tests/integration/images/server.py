# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server whose answers are as bad as its paths say, /WAY/FILE. Runs on a host, for test_volume_content."""

from __future__ import annotations

import base64
import http.server
import os
import sys
import time

PIECE = 2**16

#: What has to come with a request below C(/secret), and must not with one below C(/open): one of these headers.
PASSES = {"Basic " + base64.b64encode(b"me:geheim").decode(), "geheim"}


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the files of the working directory."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        _root, way, name = self.path.partition("?")[0].split("/", 2)
        if way == "to":
            self._lead(name)
            return
        allowed = not PASSES.isdisjoint(self.headers.values())
        if (way == "secret" and not allowed) or (way == "open" and allowed):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="law"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not os.path.isfile(name):
            self.send_error(404)
            return
        with open(name, "rb") as file:
            content = file.read()
        self.send_response(200)
        if way == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n" % len(content) + content[: len(content) // 2])
            self.close_connection = True
            return
        if way != "endless":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if way in ("short", "stall"):
            content = content[: len(content) // 2]
        for start in range(0, len(content), PIECE):
            self.wfile.write(content[start : start + PIECE])
            time.sleep(0.02 if way == "slow" else 0)
        self.wfile.flush()
        time.sleep(30 if way == "stall" else 0)
        self.close_connection = True

    def _lead(self, name: str) -> None:
        """Lead to C(/WAY/FILE) of this server, of one of another name, home, in a circle, or out of the web."""
        way, _slash, file = name.partition("/")
        port = self.headers["Host"].rpartition(":")[2]
        places = {
            "away": f"http://localhost:{port}/open/{file}",
            "home": f"http://127.0.0.1:{port}/secret/{file}",
            "round": self.path,
            "file": f"file:///{file}",
        }
        self.send_response(302)
        self.send_header("Location", places.get(way, f"/{name}"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as its base has it
        """Say nothing."""


if __name__ == "__main__":
    os.chdir(sys.argv[2])
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
