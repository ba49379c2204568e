# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests; README.md says how they are used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import lab, tiny
from harness.host import HOME, TOP, Host


def pytest_configure() -> None:
    if not os.environ.get("HYPERVISE_LAB"):  # another's would be spoilt
        raise pytest.UsageError("name the lab: test.sh has one of its own, and without it yours is HYPERVISE_LAB=mine")


#: What needs no guests. As these keep the newest host busy for the longest, it is seen on the other one of its release.
WITHOUT_GUESTS = (
    *("images/", "test_storage", "test_volume"),
    *("test_network", "test_node_device", "test_nwfilter", "test_secret"),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have tests of the fixture C(host) run on one host of each release."""
    if "each_host" in metafunc.fixturenames:
        file = str(metafunc.definition.path.relative_to(Path(__file__).parent))
        newest = lab.ONE if file.startswith(WITHOUT_GUESTS) else lab.NEWEST
        names = [newest if name == lab.NEWEST else name for name in lab.HOSTS]
        metafunc.parametrize("each_host", names, indirect=True, scope="session")


class Hosts(dict[str, Host]):
    """Hosts that are up, by name; one is connected to when it is first asked for: each may be another worker's."""

    def __init__(self, measured: bool) -> None:
        super().__init__()
        self._measured = measured

    def __missing__(self, name: str) -> Host:
        newest = lab.ALL[name] == lab.ALL[lab.NEWEST]  # where nearly all of the code runs
        worker = os.environ.get("PYTEST_XDIST_WORKER", "") if name == lab.TARGET else ""  # it serves several
        self[name] = Host(name, lab.ALL[name], self._measured and newest, HOME + worker)
        return self[name]


@pytest.fixture(scope="session")
def hosts(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    """All hosts, up and bootstrapped, by name."""
    lab.bring_up(tmp_path_factory.mktemp("bootstrap"))
    hosts = Hosts(measured=bool(pytestconfig.getoption("cov_source", None)))
    yield hosts
    for host in hosts.values():
        host.fetch_coverage(TOP / f".cache/coverage.{host.name}{os.environ.get('PYTEST_XDIST_WORKER', '')}")
        host.close()


@pytest.fixture(scope="session")
def each_host(request: pytest.FixtureRequest, hosts: Hosts) -> Host:
    return hosts[request.param]


@pytest.fixture
def host(each_host: Host) -> Iterator[Host]:
    """A host, each of them in turn. What the test makes on it is removed after it, however it ends."""
    yield each_host
    each_host.sweep()


@pytest.fixture(params=[lab.ONE])  # that the name of a test tells where it runs
def one_host(request: pytest.FixtureRequest, hosts: Hosts) -> Iterator[Host]:
    """A host of the newest release, for what need not be seen on every one."""
    host = hosts[request.param]
    yield host
    host.sweep()


@pytest.fixture
def target(hosts: Hosts) -> Iterator[Host]:
    """The host to which guests are moved, for one test at a time."""
    with lab.one_at_a_time("target"):
        target = hosts[lab.TARGET]
        target.sweep()
        tiny.install(target)
        yield target
        target.sweep()
