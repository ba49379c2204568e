# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt's own documents of volumes, through the option C(xml): what libvirt makes of each is what we make of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from harness import laws
from harness.corpus import CORPUS, assert_equal, defined_by_libvirt, dump, said
from harness.corpus import Kind as CorpusKind
from harness.host import PREFIX, SCRATCH, Host
from harness.laws import NAME
from lxml import etree

from ansible_collections.hypervise.kvm.plugins.module_utils import xml

POOL = f"{PREFIX}pool"
PLACE = f"{SCRATCH}/pool"
SECRETS = ("e78d4b51-a2af-485f-b0f5-afca709a80f4", "f52a81b2-424e-490c-823d-6bd4235bc572")


def _chosen(definition: Any, document: Any) -> None:
    """Take out what a file tells of itself; and the version of qcow2, of which ours is another one."""
    for place in ("target/timestamps", "physical", "allocation", "backingStore/timestamps"):
        for element in xml.find_all(definition, place):
            element.getparent().remove(element)
    if xml.get(document, "target/compat") is None:
        for element in xml.find_all(definition, "target/compat"):
            element.getparent().remove(element)
    for features in xml.find_all(definition, "target/features"):
        if not len(features):
            features.getparent().remove(features)


VOLUME = CorpusKind(
    folder="volume",
    module="volume",
    found="volumes",
    define=f"virsh -q vol-create {POOL} {{file}}",
    dump=f"virsh -q pool-refresh {POOL} && virsh vol-dumpxml --pool {POOL} {{name}}",
    undefine=f"virsh -q vol-delete --pool {POOL} {{name}}",
    chosen=_chosen,
)

DOCUMENTS: list[Any] = [*VOLUME.documents] or [
    pytest.param(None, marks=pytest.mark.skip(reason=f"no corpus: {CORPUS}"))
]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem if isinstance(path, Path) else "none")
def test_libvirts_own_documents(host: Host, path: Path) -> None:
    document = xml.parse(path.read_text())
    xml.put(document, "name", NAME)
    host.run("storage_pool", name=POOL, type="dir", target={"path": PLACE}, state="active")
    host.sh(f"qemu-img create -q -f vmdk {SCRATCH}/master.img 1M")
    for path_of in xml.find_all(document, "backingStore/path"):
        if path_of.text.endswith(".img"):
            path_of.text = f"{SCRATCH}/master.img"
    for secret in SECRETS:
        host.sh(
            f"""echo "<secret ephemeral='yes'><uuid>{secret}</uuid></secret>" >/tmp/law.xml
            virsh -q secret-define /tmp/law.xml && printf geheim >/tmp/law.txt
            virsh -q secret-set-value {secret} --file /tmp/law.txt --plain; rm /tmp/law.txt"""
        )
    canonical = defined_by_libvirt(host, VOLUME, document)
    if canonical is None:
        pytest.skip(f"libvirt does not take it: {said(host)}")
    wish: dict[str, Any] = {
        "pool": POOL,
        "name": NAME,
        "xml": etree.tostring(document, encoding="unicode"),
        "allow_overcommit": True,
    }
    if xml.get(document, "capacity") == "0" and xml.get(canonical, "capacity") != "0":
        pytest.xfail("libvirt shows the size of its file as the capacity of a volume that has none")
    assert host.run("volume", **wish).changed
    assert_equal(VOLUME, dump(host, VOLUME), canonical, document, "the document, applied,")
    laws.assert_unchanged(laws.twin(host, "volume", **wish), "applied")
    (found,) = host.run("volume_info", pool=[POOL], name=[NAME])["volumes"]
    laws.assert_unchanged(host.run("volume", **found["spec"]), "gathered")
    if "encryption" in found["spec"]:
        return  # nobody tells its secret, so what was gathered alone makes no other
    host.sh(VOLUME.sh(VOLUME.undefine))
    assert host.run("volume", **found["spec"], allow_overcommit=True).changed
    assert_equal(VOLUME, dump(host, VOLUME), canonical, document, "what was gathered, applied,")
