# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs what a policy needs, of this collection and of Ansible, into one file that Python runs.

    pack.py OUT

The same content makes the same file, byte by byte.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import ansible

COLLECTION = "ansible_collections/hypervise/kvm"
PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
ANSIBLE = Path(ansible.__file__).parent
MODULES = ("backup", "backup_copy", "backup_prune", "backup_verify", "domain_info")
MAIN = "from ansible_collections.hypervise.kvm.plugins.module_utils.policy.run import main\n\nmain()\n"


def contents() -> Iterator[tuple[str, bytes]]:
    """Each file with its name in the pack."""
    yield "__main__.py", MAIN.encode()
    for name in ("__init__.py", "release.py"):
        yield f"ansible/{name}", (ANSIBLE / name).read_bytes()
    for directory in ("_vendor", "module_utils"):
        for path in (ANSIBLE / directory).rglob("*.py"):
            yield f"ansible/{path.relative_to(ANSIBLE)}", path.read_bytes()
    for path in (PLUGINS / "module_utils").rglob("*.py"):
        yield f"{COLLECTION}/plugins/{path.relative_to(PLUGINS)}", path.read_bytes()
    for module in MODULES:
        yield f"{COLLECTION}/plugins/modules/{module}.py", (PLUGINS / f"modules/{module}.py").read_bytes()


def packages(names: set[str]) -> set[str]:
    """The files that make packages of directories."""
    parents = {str(parent) for name in names for parent in Path(name).parents} - {"."}
    return {f"{parent}/__init__.py" for parent in parents} - names


def main() -> None:
    files = dict(contents())
    files.update(dict.fromkeys(packages(set(files)), b""))
    with zipfile.ZipFile(sys.argv[1], "w") as pack:
        for name in sorted(files):
            pack.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
