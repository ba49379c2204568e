# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab does what its README says, and leaves nothing behind. These tests bring up labs of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from footprint import Footprint
from hvlab import preflight

LAB = Path(__file__).parent / "lab"
NAME = "hvlab-selftest"
NEIGHBOUR = f"{NAME}-b"  # on purpose one name is the beginning of the other


class Cli:
    """The lab as a person uses it."""

    def __init__(self, name: str, **environment: str) -> None:
        self.name = name
        self.environment = {**os.environ, "HYPERVISE_LAB": name, **environment}

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [LAB, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=600
        )

    def ok(self, *arguments: str) -> str:
        done = self(*arguments)
        assert done.returncode == 0, f"lab {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def kill_when(self, happened: Callable[[], bool], *arguments: str) -> None:
        """Start a command and kill it the hard way when something has happened."""
        with subprocess.Popen([LAB, *arguments], env=self.environment) as running:
            wait_for(lambda: running.poll() is not None or happened(), "the moment to kill the command")
            assert not running.returncode, "the command failed before it could be killed"
            running.kill()

    def refused(self, *arguments: str) -> str:
        """The one sentence with which a request is refused."""
        done = self(*arguments)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        return done.stderr.strip().splitlines()[-1]

    def reachable(self, host: str) -> bool:
        return self("ssh", host, "true").returncode == 0

    def pings(self, host: str, other: str) -> bool:
        return self("ssh", host, "ping", "-c1", "-W2", other).returncode == 0


@pytest.fixture(scope="module", autouse=True)
def _tools() -> None:
    """What the lab would install is also what its footprint is taken with."""
    preflight.prepare()


@pytest.fixture
def clean() -> Iterator[Cli]:
    """A lab that is down before and after; what the machine had before must be what it has after."""
    cli = Cli(f"{NAME}-down")
    cli.ok("down")
    before = Footprint.take(cli.name)
    yield cli
    cli.ok("down")
    assert Footprint.take(cli.name) == before


@pytest.fixture(scope="module")
def lab() -> Iterator[Cli]:
    """A lab with a host of each release, shared by the tests that leave it as it was."""
    cli = Cli(NAME)
    cli.ok("down")
    before = Footprint.take(NAME)
    cli.ok("up", "hv1", "hv2=bookworm")
    yield cli
    cli.ok("down")
    assert Footprint.take(NAME) == before


class TestHosts:
    @pytest.mark.parametrize(("host", "release"), [("hv1", "trixie"), ("hv2", "bookworm")])
    def test_are_plain_debian_servers(self, lab: Cli, host: str, release: str) -> None:
        assert lab.ok("ssh", host, "cat /proc/1/comm; hostname; systemctl is-system-running").split() == [
            "systemd",
            host,
            "running",
        ]
        assert f"VERSION_CODENAME={release}" in lab.ok("ssh", host, "cat /etc/os-release")
        assert lab("ssh", host, "command -v virsh").returncode != 0

    def test_install_packages(self, lab: Cli) -> None:
        lab.ok("ssh", "hv2", "apt-get -qq update && apt-get -qq install --yes tree && tree --version")

    def test_know_each_other_but_trust_nobody(self, lab: Cli) -> None:
        assert lab.pings("hv1", "hv2")
        assert lab.pings("hv2", "hv1")
        login = "ssh -oBatchMode=yes -oStrictHostKeyChecking=no hv2 true"
        done = lab("ssh", "hv1", login)
        assert done.returncode == 255
        assert "Permission denied" in done.stderr

    def test_are_in_the_inventory(self, lab: Cli) -> None:
        hosts = yaml.safe_load(lab.ok("inventory"))["kvm_hosts"]["hosts"]
        assert {name: hosts[name]["lab_release"] for name in hosts} == {"hv1": "trixie", "hv2": "bookworm"}
        host = hosts["hv1"]
        assert host["ansible_python_interpreter"] == "/usr/bin/python3"
        command = ["ssh", *host["ansible_ssh_common_args"].split(), "-oBatchMode=yes"]
        command += ["-i", host["ansible_ssh_private_key_file"], f"{host['ansible_user']}@{host['ansible_host']}"]
        assert subprocess.run([*command, "hostname"], capture_output=True, check=True).stdout == b"hv1\n"

    def test_are_not_trusted_with_another_key(self, lab: Cli, tmp_path: Path) -> None:
        host = yaml.safe_load(lab.ok("inventory"))["kvm_hosts"]["hosts"]["hv1"]
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
        (tmp_path / "known_hosts").write_text(f"{host['ansible_host']} {(tmp_path / 'key.pub').read_text()}")
        command = ["ssh", f"-oUserKnownHostsFile={tmp_path}/known_hosts", *host["ansible_ssh_common_args"].split()]
        done = subprocess.run([*command, f"root@{host['ansible_host']}", "true"], capture_output=True, check=False)
        assert b"Host key verification failed" in done.stderr


class TestUp:
    def test_again_takes_seconds(self, lab: Cli) -> None:
        boots = lab.ok("ssh", "hv1", "cat /proc/sys/kernel/random/boot_id")
        began = time.monotonic()
        lab.ok("up", "hv1", "hv2")
        assert time.monotonic() - began < 10
        assert lab.ok("ssh", "hv1", "cat /proc/sys/kernel/random/boot_id") == boots

    def test_adds_a_host_that_the_others_know(self, lab: Cli) -> None:
        lab.ok("up", "extra")
        assert lab.pings("hv1", "extra")
        assert lab.pings("extra", "hv2")

    def test_switches_on_what_is_off(self, lab: Cli) -> None:
        lab.ok("power-off", "hv1")
        lab.ok("up", "hv1")
        assert lab.reachable("hv1")


class TestPower:
    def test_a_cut_keeps_what_was_written(self, lab: Cli) -> None:
        boot = lab.ok("ssh", "hv1", "echo here >/root/witness; sync; cat /proc/sys/kernel/random/boot_id")
        lab.ok("power-off", "hv1")
        assert "off" in lab.ok("status").splitlines()[1]
        assert not lab.reachable("hv1")
        assert not lab.pings("hv2", "hv1")
        lab.ok("power-on", "hv1")
        after = lab.ok("ssh", "hv1", "cat /root/witness /proc/sys/kernel/random/boot_id").split()
        assert after[0] == "here"
        assert after[1] != boot

    def test_a_host_may_reboot_itself(self, lab: Cli) -> None:
        boot = lab.ok("ssh", "hv2", "cat /proc/sys/kernel/random/boot_id")
        lab("ssh", "hv2", "reboot")
        wait_for(
            lambda: lab("ssh", "hv2", "cat /proc/sys/kernel/random/boot_id").stdout.strip() not in ("", boot),
            "hv2 to come back",
        )

    def test_off_twice_and_on_twice(self, lab: Cli) -> None:
        for command in ("power-off", "power-off", "power-on", "power-on"):
            lab.ok(command, "hv2")
        assert lab.reachable("hv2")


class TestNetwork:
    def test_cut_and_heal(self, lab: Cli) -> None:
        lab.ok("cut", "hv2")
        assert not lab.pings("hv1", "hv2")
        assert "cut off" in lab.ok("status")
        lab.ok("up", "hv2")  # neither hangs nor heals
        assert not lab.pings("hv1", "hv2")
        lab.ok("heal", "hv2")
        wait_for(lambda: lab.pings("hv1", "hv2"), "hv2 to be reached again")
        assert lab.reachable("hv2")


class TestDown:
    def test_ends_what_hosts_started(self, clean: Cli) -> None:
        before = Footprint.take(clean.name)
        clean.ok("up", "hv1")
        clean.ok("ssh", "hv1", "systemd-run --quiet sleep infinity; setsid --fork sleep infinity >&- 2>&-")
        clean.ok("ssh", "hv1", "for disk in /root/disk /tmp/disk; do truncate -s 8M $disk; losetup -f $disk; done")
        clean.ok("ssh", "hv1", "ip netns add inner; ip link add name inner type bridge")
        during = Footprint.take(clean.name)  # the comparisons of this file compare something
        assert sum("sleep infinity" in process for process in during.processes) >= 1
        assert len(during.loop_devices - before.loop_devices) == 2
        assert during.interfaces > before.interfaces
        assert during.tables > before.tables
        assert during.cgroups
        assert during.files
        clean.ok("down")

    @pytest.mark.parametrize("delay", [0.2, 0.5, 0.8, 1.2, 2.0, 4.0])
    def test_after_a_killed_up(self, clean: Cli, delay: float) -> None:
        moment = time.monotonic() + delay
        clean.kill_when(lambda: time.monotonic() > moment, "up", "hv1", "hv2")
        clean.ok("down")

    def test_up_finishes_what_a_killed_up_began(self, clean: Cli) -> None:
        clean.kill_when(lambda: "hv1" in clean("status").stdout, "up", "hv1", "hv2")
        clean.ok("up", "hv1", "hv2")
        assert clean.reachable("hv1")
        assert clean.reachable("hv2")

    def test_after_a_killed_build_of_a_root(self, clean: Cli) -> None:
        with tempfile.TemporaryDirectory(dir="/var/tmp") as cache:  # /tmp may be too small
            roots = Path(cache, "roots")
            building = Cli(clean.name, HYPERVISE_LAB_CACHE=cache)
            building.kill_when(lambda: any(roots.glob(".trixie-*/root/debootstrap")), "up", "hv1")
            clean.ok("down")
            assert not list(roots.glob("trixie-*"))

    def test_with_half_written_state(self, clean: Cli) -> None:
        hosts = Path("/var/lib/hypervise-lab", clean.name, "hosts")
        for name, record in (("hv1", None), ("hv2", ""), ("hv3", '{"kind": "container"}')):
            (hosts / name / "upper").mkdir(parents=True)
            if record is not None:
                (hosts / name / "host.json").write_text(record)
        (hosts.parent / "subnet").touch()
        assert clean.ok("status") == f"lab {clean.name} is not up"
        clean.ok("up", "hv2")
        assert clean.reachable("hv2")

    def test_of_a_lab_that_lost_its_state(self, clean: Cli) -> None:
        clean.ok("up", "hv1")
        for place in ("/var/lib", "/run"):
            shutil.rmtree(f"{place}/hypervise-lab/{clean.name}")
        clean.ok("down")


def test_two_labs_do_not_collide(lab: Cli) -> None:
    before = Footprint.take(NEIGHBOUR)
    neighbour = Cli(NEIGHBOUR)
    try:
        neighbour.ok("up", "hv1")
        neighbour.ok("ssh", "hv1", "touch /root/of-the-neighbour")
        assert lab("ssh", "hv1", "test -e /root/of-the-neighbour").returncode == 1
    finally:
        neighbour.ok("down")
    assert Footprint.take(NEIGHBOUR) == before
    assert lab.reachable("hv1")
    lab.ok("ssh", "hv1", "apt-get -qq update")  # forwarding and NAT are still there


class TestRefusals:
    @pytest.mark.parametrize("system", ["buster", "trixie-", "trixie-metal", "debian"])
    def test_unknown_system(self, system: str) -> None:
        sentence = Cli(NAME).refused("up", f"hv1={system}")
        assert repr(system) in sentence
        assert "bookworm" in sentence

    @pytest.mark.parametrize("name", ["", "HV1", "1hv", "hv_1", "../hv1", "hv-", "h" * 40])
    def test_bad_host_name(self, name: str) -> None:
        assert repr(name) in Cli(NAME).refused("up", name)

    @pytest.mark.parametrize("name", ["..", "a/b", "Lab", "a.b"])
    def test_bad_lab_name(self, name: str) -> None:
        assert "HYPERVISE_LAB" in Cli(name).refused("status")

    def test_host_named_twice(self) -> None:
        assert "hv1" in Cli(NAME).refused("up", "hv1", "hv1=bookworm")

    @pytest.mark.parametrize("command", ["ssh", "power-off", "power-on", "cut", "heal"])
    def test_unknown_host(self, lab: Cli, command: str) -> None:
        assert "'hv9'" in lab.refused(command, "hv9")

    def test_host_of_another_release(self, lab: Cli) -> None:
        assert "hv1 exists" in lab.refused("up", "hv1=bookworm")

    @pytest.mark.parametrize("command", ["cut", "heal"])
    def test_network_of_a_host_that_is_off(self, lab: Cli, command: str) -> None:
        lab.ok("power-off", "hv1")
        assert "hv1 is off" in lab.refused(command, "hv1")
        lab.ok("power-on", "hv1")

    def test_host_of_a_lab_that_is_not_up(self, clean: Cli) -> None:
        assert "no hosts" in clean.refused("power-off", "hv1")
        assert not Path("/var/lib/hypervise-lab", clean.name).exists()
        assert not Path("/run/hypervise-lab", clean.name).exists()

    @pytest.mark.parametrize("place", ["relative", "/with:colon"])
    def test_cache_in_a_bad_place(self, place: str) -> None:
        assert place in Cli(NAME, HYPERVISE_LAB_CACHE=place).refused("up")

    def test_unknown_image(self) -> None:
        assert "'huge'" in Cli(NAME).refused("image", "huge")

    def test_purge_while_a_lab_needs_the_caches(self, lab: Cli) -> None:
        assert lab.name in lab.refused("purge")

    def test_in_a_chroot(self, lab: Cli) -> None:
        root = Path("/var/lib/hypervise-lab", lab.name, "hosts/hv1/lower").resolve()
        script = 'mount --bind "$1" "$2/mnt"; mount -t proc proc "$2/proc"; exec chroot "$2" /mnt/lab up'
        command = ["unshare", "--mount", "bash", "-euc", script, "bash", str(LAB.parent), str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith("lab: the lab cannot be in a chroot")

    def test_not_root(self) -> None:
        command = ["setpriv", "--reuid=65534", "--clear-groups", str(LAB), "up"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr.strip() == "lab: the lab makes machines and networks: run it as root"


def wait_for(happened: Callable[[], bool], what: str, timeout: float = 120) -> None:
    deadline = time.monotonic() + timeout
    while not happened():
        assert time.monotonic() < deadline, f"waited {timeout} s for {what}"
        time.sleep(0.1)
