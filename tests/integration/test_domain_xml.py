# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains: the option xml beside others; whole documents are in test_corpus."""

from __future__ import annotations

from typing import Any

from domain_cases.common import BASE
from harness import laws
from harness.host import Host
from harness.laws import NAME, Spec

LINE = "<qemu:commandline><qemu:arg value='-msg'/><qemu:arg value='timestamp={}'/></qemu:commandline>"
GUEST: Spec = {"name": NAME, **BASE}


def apply(host: Host, **spec: Any) -> list[str]:
    """Apply a spec, and again; return what it changed."""
    changed = laws.twin(host, "domain", **spec)
    laws.assert_unchanged(laws.twin(host, "domain", **spec), "applied")
    return changed.paths


def test_what_no_option_is_for(host: Host) -> None:
    """It is stored, seen, changed, kept where it is not stated, and gathered; a running guest waits for its restart."""
    apply(host, **GUEST, xml=LINE.format("on"), state="paused")
    assert apply(host, **GUEST, memballoon={"model": "none"}) == ["memballoon.model"]
    changed = laws.twin(host, "domain", **GUEST, xml=LINE.format("off"))
    assert changed.paths == ["xml:commandline/arg[1]/@value"]
    assert changed.paths[0] in changed["pending_restart"]
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    assert "timestamp=off" in found["spec"]["xml"]
    assert changed.paths[0] in found["pending_restart"]
    laws.assert_unchanged(laws.twin(host, "domain", **found["spec"]), "gathered")


def test_a_fragment_of_what_options_are_for(host: Host) -> None:
    """It is compared and shown as the option would be."""
    apply(host, **GUEST, title="one")
    assert apply(host, **GUEST, xml="<title>two</title>") == ["title"]
    assert apply(host, **GUEST, xml="<vcpu>2</vcpu><cputune><shares>512</shares></cputune>") == [
        "vcpus",
        "cputune.shares",
    ]


def test_an_option_counts_more_than_the_document(host: Host) -> None:
    pattern = (
        "<domain type='qemu'><name>pattern</name><memory unit='MiB'>64</memory><title>pattern</title>"
        "<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"
    )
    apply(host, name=NAME, xml=pattern, memory="96MiB")
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    assert (found["spec"]["title"], found["spec"]["memory"]) == ("pattern", 96 * 2**20)
    assert found["spec"]["os"]["machine"].startswith("pc-i440fx")


def test_a_whole_document_is_the_guest_as_it_stands(host: Host) -> None:
    """Nothing that the module gives new guests is added; another document takes away what is not in its lists."""
    document = (
        "<domain type='qemu'><memory unit='MiB'>64</memory><os><type arch='x86_64' machine='q35'>hvm</type></os>"
        "<devices>{}</devices></domain>"
    )
    disk = "<disk type='file' device='disk'><source file='/srv/law/{0}'/><target dev='vd{0}' bus='virtio'/></disk>"
    apply(host, name=NAME, xml=document.format(disk.format("a") + disk.format("b")))
    (found,) = host.run("domain_info", name=[NAME])["domains"]
    assert not found["spec"]["features"]["acpi"]
    assert apply(host, name=NAME, xml=document.format(disk.format("a"))) == ["disks[vdb]"]


def test_bad_documents_are_refused(host: Host) -> None:
    assert "xml" in laws.refused(host, "domain", **GUEST, xml="<devices><disk></devices>")
    said = laws.refused(host, "domain", **GUEST, xml="<cputune><shares>many</shares></cputune>")
    assert "cputune" in said
    said = laws.refused(host, "domain", **GUEST, xml="<nonsense/>")
    assert "nonsense" in said or "schema" in said
