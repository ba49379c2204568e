# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The static tier: the tools that judge the tree as a whole, one test each."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
CACHE = TOP / ".cache"
BUILT = (CACHE / "current").resolve()  # by test.sh
# What git holds, at the path that Ansible's tools insist on. Nothing else lies around there, so no tool has to be told
# what to leave out.
TREE = BUILT / "tree/ansible_collections/hypervise/kvm"


def run(command: str, *args: object, cwd: Path = TREE, **env: str) -> str:
    """Run a tool and return what it said; the test fails, and shows that, if the tool found something."""
    done = subprocess.run(
        [*command.split(), *map(str, args)],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    if done.returncode:
        pytest.fail(f"`{command}` exited with {done.returncode}", pytrace=False)
    return done.stdout


@pytest.fixture
def release() -> Path:
    version = yaml.safe_load((TREE / "galaxy.yml").read_text())["version"]
    return BUILT / f"dist/hypervise-kvm-{version}.tar.gz"


def test_ansible_sanity() -> None:
    assert not list(TREE.glob("tests/sanity/ignore*")), "we fix, we do not ignore"
    # ansible-test makes environments with a pip of its own, for which it downloads a script from a place that is not
    # always there to be reached; it takes ours if that lies in its cache. The cache is in the home directory, and so is
    # the user's pip configuration.
    home = CACHE / "home"
    cached = home / ".ansible/test/cache/get_pip_24_2.py"
    cached.parent.mkdir(parents=True, exist_ok=True)
    cached.write_text((Path(__file__).parent / "get_pip.py").read_text())
    for name in (".config", ".pip"):
        if (Path.home() / name).exists() and not (home / name).exists():
            (home / name).symlink_to(Path.home() / name)
    said = run("ansible-test sanity --local --color no", HOME=str(home))
    assert 'Running sanity test "validate-modules"' in said, "ansible-test found nothing to test"


@pytest.mark.parametrize(
    "command",
    [
        "ansible-lint --offline --profile production --strict",
        "yamllint --strict .",
        "ruff check --no-cache .",
        "ruff format --no-cache --check --diff .",
        "vermin --no-tips --violations --target=3.9- plugins",
        "reuse lint",
        "antsibull-changelog lint",
    ],
    ids=lambda command: " ".join(command.split()[:2]),
)
def test_tool(command: str) -> None:
    run(command)


def test_documentation() -> None:
    """What antsibull-docs finds. One in 37 of its temporary directories has a name that RST takes for a reference."""
    command = "antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all ."
    for _attempt in range(3):
        done = subprocess.run(command.split(), cwd=TREE, capture_output=True, text=True, check=False)
        if 'Unknown target name: "antsibull-docs-' not in done.stdout:
            break
    assert not done.returncode, done.stdout + done.stderr


def test_shellcheck() -> None:
    scripts = [
        path
        for path in TREE.rglob("*")
        if path.is_file() and (path.suffix == ".sh" or path.read_bytes().startswith(b"#!/usr/bin/env bash"))
    ]
    assert TREE / "test.sh" in scripts
    run("shellcheck --external-sources --source-path=SCRIPTDIR", *scripts)


@pytest.mark.parametrize(
    "command",
    [
        # 3.10 is the oldest that mypy knows; 3.9 is ruff's and vermin's part.
        "mypy --python-version 3.10 --package ansible_collections.hypervise.kvm.plugins",
        "mypy tests",
    ],
    ids=["plugins", "tests"],
)
def test_types(command: str) -> None:
    run(command, cwd=TOP)


def test_release_holds_what_git_holds(release: Path) -> None:
    """Built from a checkout full of caches, the tarball has the files of the tree and nothing else."""
    left_out = {".gitignore", ".ci/run", "galaxy.yml"}
    added = {"MANIFEST.json", "FILES.json"}
    held = set(subprocess.check_output(["git", "ls-files"], cwd=TREE, text=True).splitlines())
    with tarfile.open(release) as tar:
        assert {member.name for member in tar if not member.isdir()} == held - left_out | added


def test_galaxy_importer(release: Path) -> None:
    said = run("python -m galaxy_importer.main", release, cwd=CACHE, GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true")
    assert "ERROR: " not in said
    assert "WARNING: " not in said
