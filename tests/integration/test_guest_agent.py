# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs and files in a guest through its agent, from the controller over ssh: also where the agent fails.

C(HYPERVISE_COPY=104857600) copies so many bytes in and out, and prints the rates.
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import lab, tiny
from harness.host import LAB, PREFIX, TOP, Host

from ansible_collections.hypervise.kvm.plugins.module_utils.waiting import wait_until
from ansible_collections.hypervise.kvm.plugins.plugin_utils.guest_agent import Failed, Service

NAME = f"{PREFIX}agent"
SIZE = int(os.environ.get("HYPERVISE_COPY", 500_017))


@pytest.fixture(scope="module")
def host(hosts: dict[str, Host]) -> Iterator[Host]:
    """A host with a guest whose agent answers."""
    host = hosts[lab.ONE]
    tiny.install(host)
    memory = 256 * 2**20 + 2 * SIZE
    host.run("domain", name=NAME, type="qemu", memory=memory, **tiny.boot(), state="running")
    ping = f"""virsh qemu-agent-command {NAME} '{{"execute": "guest-ping"}}' >/dev/null 2>&1 && echo there || true"""
    assert wait_until(lambda: bool(host.sh(ping)), 600, longest_pause=2), "the guest did not come up"
    yield host
    host.sweep()


@pytest.fixture(scope="module")
def uri(host: Host, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hypervisor as the controller reaches it."""
    inventory = yaml.safe_load(subprocess.check_output([LAB, "inventory"], text=True))
    told = inventory["kvm_hosts"]["hosts"][host.name]
    ssh = tmp_path_factory.mktemp("agent") / "ssh"
    ssh.write_text(f'#!/bin/sh\nexec ssh {told["ansible_ssh_common_args"]} "$@"\n')
    ssh.chmod(0o755)
    return f"qemu+ssh://root@{told['ansible_host']}/system?command={ssh}"


@pytest.fixture
def service(uri: str) -> Iterator[Service]:
    service = Service(uri, NAME, agent_timeout=40, timeout=60)
    yield service
    service.end()


def sh(service: Service, command: str, stdin: bytes = b"", timeout: float = 0) -> tuple[int, bytes, bytes]:
    """Run a shell command in the guest."""
    sent = base64.b64encode(stdin).decode()
    told = service.ask(do="run", argv=["/bin/sh", "-c", command], stdin=sent, timeout=timeout)
    return told["rc"], base64.b64decode(told["stdout"]), base64.b64decode(told["stderr"])


# -- programs ----------------------------------------------------------------------------------------------------------


def test_input_output_and_exit_codes(service: Service) -> None:
    assert sh(service, "printf 'a\\377'; echo b >&2; exit 3") == (3, b"a\xff", b"b\n")
    assert sh(service, "kill -KILL $$")[0] == 137
    sent = os.urandom(300_000)  # more than Ansible sends of a module
    code, printed, _errors = sh(service, "sha256sum", sent)
    assert (code, printed.split()[0].decode()) == (0, hashlib.sha256(sent).hexdigest())
    with pytest.raises(Failed, match=r"refused guest-exec: .*no-such-program"):
        service.ask(do="run", argv=["/no-such-program"], stdin="", timeout=0)


def test_one_that_does_not_end(service: Service) -> None:
    with pytest.raises(Failed, match=f"domain {NAME}: /bin/sh did not end within 1 seconds and was killed"):
        sh(service, "echo $$ >/run/pid; sleep 1000 & wait", timeout=1)
    gone = "! kill -0 $(cat /run/pid) && ! pgrep -f 'sleep 1000'"
    assert wait_until(lambda: sh(service, gone)[0] == 0, 20), sh(service, "ps")


# -- files -------------------------------------------------------------------------------------------------------------


def test_files(service: Service, tmp_path: Path) -> None:
    sent, back = tmp_path / "sent", tmp_path / "back"
    sent.write_bytes(os.urandom(SIZE))
    for request in (
        {"do": "put", "source": str(sent), "destination": "/run/file"},
        {"do": "get", "source": "/run/file", "destination": str(back)},
    ):
        began = time.monotonic()
        service.ask(**request)
        print(f"{request['do']}: {SIZE / 2**20 / (time.monotonic() - began):.1f} MiB/s")
    assert sh(service, "sha256sum /run/file")[1].split()[0].decode() == hashlib.sha256(sent.read_bytes()).hexdigest()
    assert back.read_bytes() == sent.read_bytes()
    sh(service, "rm /run/file")


def test_files_that_cannot_be_copied(service: Service, tmp_path: Path) -> None:
    sent, back = tmp_path / "sent", tmp_path / "back"
    sent.write_bytes(bytes(2**20))
    with pytest.raises(Failed, match=r"refused guest-file-open: .*No such file"):
        service.ask(do="get", source="/none", destination=str(back))
    with pytest.raises(Failed, match="No such file"):
        service.ask(do="put", source=str(back), destination="/run/file")
    sh(service, "mkdir -p /run/small && mount -t tmpfs -o size=64k small /run/small")
    with pytest.raises(Failed, match="No space left"):
        service.ask(do="put", source=str(sent), destination="/run/small/file")
    assert not back.exists()
    sh(service, "umount /run/small")


# -- Ansible -----------------------------------------------------------------------------------------------------------


def ansible(uri: str, *arguments: str) -> str:
    """Run an ad-hoc task in the guest, and return what was printed."""
    program = TOP / ".cache/venv/bin/ansible"
    environment = {**os.environ, "LIBVIRT_DEFAULT_URI": uri, "ANSIBLE_COLLECTIONS_PATH": str(TOP / ".cache/src")}
    done = subprocess.run(
        [program, NAME, "-i", f"{NAME},", "-c", "hypervise.kvm.guest_agent", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_connection_plugin(uri: str, tmp_path: Path) -> None:
    printed = ansible(uri, "-m", "ansible.builtin.raw", "-a", "id -un; cat /etc/os-release; exit 4")
    assert "rc=4" in printed
    assert "root\n" in printed
    assert "tiny" in printed
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\necho $((6 * 7))-$1\n")
    assert "42-x" in ansible(uri, "-m", "ansible.builtin.script", "-a", f"{script} x")
    assert "UNREACHABLE" in ansible(uri, "-m", "ansible.builtin.raw", "-a", "id", "-e", "ansible_libvirt_domain=none")


def test_guest_exec(host: Host) -> None:
    options: dict[str, Any] = {"domain": [f"{NAME}*"], "agent_timeout": 40}
    assert host.foretells("guest_exec", **options, shell="reboot")["changed"]
    (told,) = host.run("guest_exec", **options, argv=["cat"], stdin="in ä")["domains"]
    assert (told["rc"], told["stdout"], told["stderr"]) == (0, "in ä", "")
    failed = host.fails("guest_exec", **options, shell="echo why >&2; exit 3")
    assert (failed["domains"][0]["rc"], failed["domains"][0]["stderr"]) == (3, "why")
    assert "/bin/sh ended with the exit code 3. why" in failed["msg"]
    host.run("domain", name=f"{NAME}-off", type="qemu", memory="64MiB")
    told = host.fails("guest_exec", domain=[f"{NAME}*", "none"], argv=["true"])
    assert [one.get("rc") for one in told["domains"]] == [0, None, None]
    assert "domain is not running. Start it, or let it go on, first." in told["msg"]


# -- agents that fail --------------------------------------------------------------------------------------------------


def test_nobody_there(uri: str, host: Host, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="lookupByName failed"):
        Service(uri, "none", agent_timeout=2, timeout=60)
    host.run("domain", name=f"{NAME}-mute", type="qemu", memory="64MiB", state="running")
    with pytest.raises(Failed, match="not configured"):
        Service(uri, f"{NAME}-mute", agent_timeout=2, timeout=60)
    silent = tmp_path / "ssh"
    silent.write_text("#!/bin/sh\nexec sleep 1000\n")
    silent.chmod(0o755)
    with pytest.raises(Failed, match="did not answer within 1 seconds"):
        Service(f"qemu+ssh://silent/system?command={silent}", NAME, agent_timeout=1, timeout=1)


def test_silent(service: Service, uri: str, host: Host) -> None:
    """The agent is stopped while a program runs, and goes on after a while."""
    impatient = Service(uri, NAME, agent_timeout=8, timeout=60)
    began = time.monotonic()
    with pytest.raises(Failed, match="did not answer to guest-exec-status"):
        sh(
            impatient,
            "(p=$(pidof qemu-ga); sleep 1; kill -STOP $p; sleep 40; kill -CONT $p) >/dev/null 2>&1 & sleep 100",
        )
    assert time.monotonic() - began < 35
    impatient.end()
    began = time.monotonic()
    told = host.run("domain_info", name=[NAME], gather=[], addresses=["agent"], agent=True, agent_timeout=2)
    assert time.monotonic() - began < 10
    assert (told["domains"][0]["addresses"], told["domains"][0]["guest"]) == ([], {})
    answers(service)


def test_restarted_half_way(service: Service) -> None:
    with pytest.raises(Failed, match=r"knows no more of /bin/sh .* It was restarted meanwhile"):
        sh(service, "(sleep 1; kill -KILL $(pidof qemu-ga)) >/dev/null 2>&1 & sleep 100")
    answers(service)


def test_forbidden(service: Service) -> None:
    """The last: nothing can be run in the guest after it."""
    with pytest.raises(Failed):
        sh(service, "sed -i 's/exec qemu-ga/& --block-rpcs=guest-exec/' /usr/lib/tiny/agent; kill $(pidof qemu-ga)")
    with pytest.raises(Failed, match=r"refused guest-exec: .* forbids guest-exec"):
        wait_until(lambda: not is_silent(service), 60)


def is_silent(service: Service) -> bool:
    try:
        return sh(service, "true")[0] != 0
    except Failed as error:
        if error.kind != "AgentSilent":
            raise
        return True


def answers(service: Service) -> None:
    assert wait_until(lambda: not is_silent(service), 120), "the agent did not come back"
