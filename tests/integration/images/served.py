# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images on a host, served by a web server of its own, and what the tests of volumes do with them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.host import PREFIX, SCRATCH, Host
from harness.laws import NAME

POOL = f"{PREFIX}pool"
PLACE = f"{SCRATCH}/pool"
GUEST = f"{PREFIX}guest"
PORT = 8098
WEB = "/var/tmp/law-web"
URL = f"http://127.0.0.1:{PORT}"
#: The images that there are: 3 MiB of noise in a file of 8 MiB, as it is and in other guises.
MAKE_IMAGES = f"""
    rm -rf {WEB}/images && mkdir -p {WEB}/images && cd {WEB}/images
    head -c 3M /dev/urandom >raw && truncate -s 8M raw
    head -c 1M /dev/urandom >other && truncate -s 8M other
    head -c 300K /dev/urandom >small && head -c 300K /dev/urandom >little
    qemu-img convert -O qcow2 raw qcow2 && gzip -k raw && cp raw.gz packed
    python3 -c 'import bz2, lzma; open("raw.bz2", "wb").write(bz2.compress(open("raw", "rb").read()))
open("qcow2.xz", "wb").write(lzma.compress(open("qcow2", "rb").read(), preset=0))'
    qemu-img create -q -f qcow2 -b {WEB}/images/raw -F raw overlay
    qemu-img create -q -f qcow2 -o data_file={WEB}/images/data,data_file_raw=on external 1M
    head -c 1M qcow2 >broken
    sha256sum raw raw.gz qcow2 qcow2.xz >SHA256SUMS; sha512sum --tag raw >SHA512
"""


@contextlib.contextmanager
def served(host: Host) -> Iterator[None]:
    """The host has a web server of its own, which serves images."""
    host.put([(Path(__file__).parent / "server.py", "server.py")], WEB)
    host.sh(MAKE_IMAGES)
    server = f"echo $$ >{WEB}/pid; exec python3 {WEB}/server.py {PORT} {WEB}/images"
    host.sh(f"setsid -f sh -c '{server}' </dev/null >/dev/null 2>&1")
    host.sh(f"until nc -z 127.0.0.1 {PORT}; do sleep 0.1; done")
    yield
    host.sh(f"kill $(cat {WEB}/pid); rm -rf {WEB}")


def make_pool(host: Host) -> Host:
    """Make the pool; nothing is known of volumes that earlier tests had in the same place."""
    host.sh("rm -rf /var/lib/hypervise-kvm/volumes/law-*")
    host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
    return host


def spec(content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"pool": POOL, "name": NAME, "content": content, **more}


def sum_of(host: Host, name: str, algorithm: str = "sha256") -> str:
    digits = host.sh(f"{algorithm}sum {WEB}/images/{name} | cut -d' ' -f1").strip()
    return f"{algorithm}:{digits}"


def assert_holds(host: Host, image: str, form: str, name: str = NAME) -> None:
    """Fail unless a volume is an image, and nothing else was left behind."""
    host.sh(f"qemu-img compare -q -f {form} -F raw {PLACE}/{name} {WEB}/images/{image}")
    assert_nothing_else(host, name)


def assert_nothing_else(host: Host, *names: str) -> None:
    assert sorted(host.sh(f"ls -A {PLACE}").split()) == sorted(names)
    listed = host.sh(f"virsh -q vol-list {POOL} | awk '{{print $1}}'").split()
    assert sorted(listed) == sorted(names)


DISK = """<disk type='file' device='disk'><driver name='qemu' type='{}'/><source file='{}'/>
    <target dev='vda' bus='virtio'/></disk>"""


def define(host: Host, path: str, form: str, start: bool) -> None:
    host.sh(
        f"""cat >/tmp/law.xml <<'END'
        <domain type='qemu'><name>{GUEST}</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os>
            <features><acpi/></features><devices>{DISK.format(form, path)}</devices></domain>
END
        virsh -q define /tmp/law.xml {f"&& virsh -q start {GUEST}" if start else ""}"""
    )
