# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest images are what the other tests rely on; each is booted under plain QEMU."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bare_guest import BareGuest
from hvlab import images
from hvlab.commands import install_missing, run
from hvlab.errors import LabError

LAB = Path(__file__).parent / "lab"
FIRMWARE = Path("/usr/share/OVMF")


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    install_missing({"qemu-system-x86_64": "qemu-system-x86", "qemu-img": "qemu-utils", "mcopy": "mtools"})


def start_tiny(directory: Path, *options: str | Path, kernel: str = "", file: str = "vmlinux") -> BareGuest:
    image = images.build("tiny")
    boot = ["-kernel", str(image / file), "-initrd", str(image / "initrd.img")]
    boot += ["-append", f"console=ttyS0 quiet {kernel}"]
    # In sockets of their own: without KVM, Linux takes a further processor in a socket for a broken one.
    size = ["-smp", "1,maxcpus=2,sockets=2", "-m", "192M,slots=1,maxmem=512M"]
    plugs = ["-device", "pcie-root-port,id=rp1", "-device", "virtio-scsi-pci,id=scsi"]
    return BareGuest(directory, *boot, *size, *plugs, *options)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareGuest]:
    directory = tmp_path_factory.mktemp("tiny")
    disk = directory / "disk"
    disk.touch()
    os.truncate(disk, 64 << 20)
    drive = f"if=none,id=disk,format=raw,discard=unmap,file={disk}"
    with start_tiny(directory, "-drive", drive, "-device", "virtio-blk-pci,drive=disk") as guest:
        guest.wait_for_agent(120)
        yield guest


def plug_processor(tiny: BareGuest) -> None:
    """Give a guest the further processor that it can have, unless it has it."""
    for slot in tiny.qmp("query-hotpluggable-cpus"):
        if "qom-path" not in slot:
            tiny.qmp("device_add", driver=slot["type"], id="new", **slot["props"])
    tiny.run("while [ $(nproc) != 2 ]; do sleep 1; done")


class TestTiny:
    def test_says_that_it_is_up(self, tiny: BareGuest) -> None:
        assert "tiny is up: Linux " in tiny.console.read_text()
        assert tiny.agent("guest-get-osinfo")["id"] == "tiny"
        assert tiny.run("id -u") == "0"

    def test_counts_the_seconds(self, tiny: BareGuest) -> None:
        first = int(tiny.run("cat /run/counter"))
        time.sleep(3)
        assert first + 2 <= int(tiny.run("wget -q -O - http://127.0.0.1/counter"))

    def test_has_an_address(self, tiny: BareGuest) -> None:
        assert "10.0.2.15" in tiny.run("while ! ip -4 addr show eth0 | grep inet; do sleep 1; done")

    def test_uses_disks(self, tiny: BareGuest) -> None:
        tiny.run("mkfs.ext2 /dev/vda && mount /dev/vda /mnt && dd if=/dev/urandom of=/mnt/file bs=1M count=8")
        tiny.run("sha256sum /mnt/file > /mnt/sums && sync && fstrim /mnt && umount /mnt")
        assert tiny.run("mount -t ext4 /dev/vda /mnt && sha256sum -c /mnt/sums && umount /mnt") == "/mnt/file: OK"
        tiny.run("blkdiscard /dev/vda")
        assert tiny.run("hexdump -n 65536 -v -e '1/1 \"%x\"' /dev/vda | tr -d 0") == ""

    def test_freezes_its_file_systems(self, tiny: BareGuest) -> None:
        tiny.run("mkfs.ext2 /dev/vda && mount /dev/vda /mnt")
        assert tiny.agent("guest-fsfreeze-freeze") == 1
        assert tiny.agent("guest-fsfreeze-thaw") == 1
        tiny.run("umount /mnt")

    def test_takes_into_use_what_is_plugged_in(self, tiny: BareGuest, tmp_path: Path) -> None:
        for name in ("one", "two"):
            (tmp_path / name).write_bytes(b"hot" * 1024)
            tiny.qmp("blockdev-add", **{"driver": "file", "node-name": name, "filename": str(tmp_path / name)})
        plug_processor(tiny)
        tiny.qmp("device_add", driver="virtio-blk-pci", drive="one", bus="rp1")
        tiny.qmp("device_add", driver="scsi-hd", drive="two", bus="scsi.0")
        before = int(tiny.run("awk '/MemTotal/ { print $2 }' /proc/meminfo"))
        tiny.qmp("object-add", **{"qom-type": "memory-backend-ram", "id": "more", "size": 128 << 20})
        tiny.qmp("device_add", driver="pc-dimm", id="more", memdev="more")
        tiny.run("while [ $(nproc) != 2 ] || ! [ -b /dev/vdb ] || ! [ -b /dev/sda ]; do sleep 1; done")
        assert tiny.run("head -c 3 /dev/vdb; head -c 3 /dev/sda") == "hothot"
        assert int(tiny.run("awk '/MemTotal/ { print $2 }' /proc/meminfo")) - before == 128 << 10

    def test_leaves_a_processor_off_that_was_switched_off(self, tiny: BareGuest) -> None:
        plug_processor(tiny)
        tiny.agent("guest-set-vcpus", vcpus=[{"logical-id": 1, "online": False}])
        time.sleep(3)
        assert tiny.run("nproc") == "1"

    def test_obeys_the_power_button(self, tiny: BareGuest) -> None:  # the last one: it ends the guest
        tiny.qmp("system_powerdown")
        assert tiny.is_off(within=20)

    def test_can_be_told_not_to_obey_the_power_button(self, tmp_path: Path) -> None:
        with start_tiny(tmp_path, kernel="hv.ignore_acpi", file="vmlinuz") as guest:
            guest.wait_for_agent(120)
            guest.qmp("system_powerdown")
            assert not guest.is_off(within=4)
            guest.agent("guest-ping")
            guest.tell_agent("guest-shutdown")
            assert guest.is_off(within=20)


class TestDebian:
    """Takes a minute each: it is emulated."""

    USER_DATA = """#cloud-config
hostname: fred
write_files:
  - {path: /root/witness, content: cloud-init was here}
"""

    @pytest.fixture
    def disks(self, tmp_path: Path) -> list[str | Path]:
        """A disk of the image's, larger than it, and a seed for cloud-init."""
        disk, seed = tmp_path / "disk.qcow2", tmp_path / "seed.img"
        run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", images.build("debian"), disk, "5G"])
        for name, content in {"user-data": self.USER_DATA, "meta-data": "instance-id: test\n"}.items():
            (tmp_path / name).write_text(content)
        seed.touch()
        os.truncate(seed, 1 << 20)
        run(["mformat", "-i", seed, "-v", "CIDATA", "::"])
        run(["mcopy", "-i", seed, tmp_path / "user-data", tmp_path / "meta-data", "::"])
        drives = [f"if=virtio,file={disk}", f"if=virtio,format=raw,readonly=on,file={seed}"]
        return [part for drive in drives for part in ("-drive", drive)]

    @staticmethod
    def check(guest: BareGuest) -> None:
        guest.wait_for_agent(600)
        status = json.loads(guest.run("cloud-init status --wait --format json", timeout=600))
        assert (status["status"], status["errors"]) == ("done", [])
        assert guest.run("hostname; cat /root/witness").split("\n") == ["fred", "cloud-init was here"]
        assert guest.run("systemctl --failed --plain --no-legend") == ""
        assert guest.run("systemctl is-active ssh systemd-networkd").split() == ["active", "active"]
        assert guest.agent("guest-get-osinfo")["version-id"] == "13"
        assert int(guest.run("df --output=size -m / | tail -1")) > 4500

    def test_boots_through_bios(self, tmp_path: Path, disks: list[str | Path]) -> None:
        with BareGuest(tmp_path, "-m", "1G", "-smp", "2", *disks) as guest:
            self.check(guest)
            assert guest.run("[ -d /sys/firmware/efi ] || echo bios") == "bios"
            guest.qmp("system_powerdown")
            assert guest.is_off(within=60)

    def test_boots_through_uefi_with_secure_boot(self, tmp_path: Path, disks: list[str | Path]) -> None:
        if not (FIRMWARE / "OVMF_CODE_4M.ms.fd").exists():
            run(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "ovmf"])
        variables = tmp_path / "variables.fd"
        variables.write_bytes((FIRMWARE / "OVMF_VARS_4M.ms.fd").read_bytes())
        flash = [f"unit=0,readonly=on,file={FIRMWARE}/OVMF_CODE_4M.ms.fd", f"unit=1,file={variables}"]
        firmware = [part for unit in flash for part in ("-drive", f"if=pflash,format=raw,{unit}")]
        secure = ["-machine", "smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"]
        with BareGuest(tmp_path, "-m", "1G", "-smp", "2", *secure, *firmware, *disks) as guest:
            self.check(guest)
            assert guest.run("mokutil --sb-state") == "SecureBoot enabled"


class TestBuild:
    def test_again_takes_no_time(self) -> None:
        first = images.build("tiny")
        begin = time.monotonic()
        assert images.build("tiny") == first
        assert time.monotonic() - begin < 5

    def test_refuses_what_it_does_not_know(self) -> None:
        with pytest.raises(LabError, match="there is no image 'huge'; there are: tiny, debian"):
            images.build("huge")

    def test_leaves_nothing_running_or_mounted_when_killed(self, tmp_path: Path) -> None:
        environment = {**os.environ, "HYPERVISE_LAB_CACHE": str(tmp_path)}
        build = subprocess.Popen([LAB, "image", "debian"], env=environment, stderr=subprocess.DEVNULL)
        mark = f"HYPERVISE_LAB_CACHE={tmp_path}".encode()
        begun = tmp_path / "images/debian.partial/root/etc/debian_version"  # mmdebstrap is at work
        deadline = time.monotonic() + 120
        while not begun.exists():
            assert build.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert len(_processes_with(mark)) > 1
        build.send_signal(signal.SIGKILL)
        build.wait()
        time.sleep(1)
        assert _processes_with(mark) == []
        assert str(tmp_path) not in Path("/proc/mounts").read_text()
        assert not list((tmp_path / "images").glob("debian-*"))


def _processes_with(mark: bytes) -> list[str]:
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environment.read_bytes():
                found.append(environment.parent.name)
        except OSError:  # it ended
            continue
    return found
