# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Appliances: what their descriptors say, what is refused, and that what we write is what we read."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf import (
    envelope,
    from_domain,
    hardware,
    images,
    package,
    spec,
    write,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.ovf.machine import (
    IDE,
    SATA,
    SCSI,
    VIRTIO,
    Disk,
    Interface,
    Machine,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.resources import importing

GIB = 2**30

#: As vSphere and VMware Workstation write it, shortened.
VMWARE = """<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
 xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
 xmlns:vmw="http://www.vmware.com/schema/ovf">
  <References><File ovf:href="shop-disk1.vmdk" ovf:id="file1" ovf:size="4"/></References>
  <DiskSection><Info>Disks</Info>
    <Disk ovf:capacity="40" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk1" ovf:fileRef="file1"/>
    <Disk ovf:capacity="2" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk2"/>
  </DiskSection>
  <NetworkSection><Info>N</Info><Network ovf:name="VM Network"/></NetworkSection>
  <VirtualSystem ovf:id="shop"><Info>A virtual machine</Info><Name>shop</Name>
    <OperatingSystemSection ovf:id="94" vmw:osType="ubuntu64Guest"><Info>OS</Info>
      <Description>Ubuntu Linux (64-bit)</Description></OperatingSystemSection>
    <VirtualHardwareSection><Info>H</Info>
      <System><vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType></System>
      <Item><rasd:AllocationUnits>hertz * 10^6</rasd:AllocationUnits><rasd:ElementName>4 CPUs</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>4</rasd:VirtualQuantity><vmw:CoresPerSocket>2</vmw:CoresPerSocket></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID>
        <rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>8192</rasd:VirtualQuantity></Item>
      <Item><rasd:Address>0</rasd:Address><rasd:ElementName>SCSI Controller 0</rasd:ElementName>
        <rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType>
        <rasd:ResourceType>6</rasd:ResourceType></Item>
      <Item ovf:required="false"><rasd:ElementName>Serial Port 1</rasd:ElementName><rasd:InstanceID>4</rasd:InstanceID>
        <rasd:ResourceType>21</rasd:ResourceType></Item>
      <Item><rasd:ElementName>Floppy drive 1</rasd:ElementName><rasd:InstanceID>5</rasd:InstanceID>
        <rasd:ResourceType>14</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>1</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/vmdisk2</rasd:HostResource>
        <rasd:InstanceID>6</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource>
        <rasd:InstanceID>7</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>7</rasd:AddressOnParent><rasd:Connection>VM Network</rasd:Connection>
        <rasd:ElementName>Ethernet 1</rasd:ElementName><rasd:InstanceID>8</rasd:InstanceID>
        <rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
      <vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="efi"/>
      <vmw:Config ovf:required="false" vmw:key="bootOptions.efiSecureBootEnabled" vmw:value="true"/>
      <vmw:ExtraConfig ovf:required="false" vmw:key="nvram" vmw:value="shop.nvram"/>
    </VirtualHardwareSection>
    <ProductSection><Info>P</Info><Property ovf:key="password" ovf:type="string"/></ProductSection>
  </VirtualSystem>
</Envelope>
"""

#: As VirtualBox writes it (OVF 1.0), shortened.
VIRTUALBOX = """<?xml version="1.0"?>
<Envelope ovf:version="1.0" xml:lang="en-US" xmlns="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
 xmlns:vbox="http://www.virtualbox.org/ovf/machine">
  <References><File ovf:id="file1" ovf:href="old-disk001.vmdk"/></References>
  <DiskSection><Info>D</Info><Disk ovf:capacity="21474836480" ovf:diskId="vmdisk1" ovf:fileRef="file1"
    ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/></DiskSection>
  <VirtualSystem ovf:id="old"><Info>A virtual machine</Info>
    <VirtualHardwareSection><Info>H</Info>
      <Item><rasd:Caption>1 virtual CPU</rasd:Caption><rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID>
        <rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
      <Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>5</rasd:ResourceType>
        <rasd:ResourceSubType>PIIX4</rasd:ResourceSubType></Item>
      <Item><rasd:Address>1</rasd:Address><rasd:InstanceID>4</rasd:InstanceID><rasd:ResourceType>5</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>/disk/vmdisk1</rasd:HostResource>
        <rasd:InstanceID>5</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:InstanceID>6</rasd:InstanceID><rasd:Parent>4</rasd:Parent>
        <rasd:ResourceType>15</rasd:ResourceType></Item>
      <Item><rasd:Connection>NAT</rasd:Connection><rasd:InstanceID>7</rasd:InstanceID>
        <rasd:ResourceSubType>E1000</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
    </VirtualHardwareSection>
    <vbox:Machine ovf:required="false" uuid="{0}"><Hardware><Firmware type="EFI"/>
      <Adapter MACAddress="080027AABBCC"/></Hardware></vbox:Machine>
  </VirtualSystem>
</Envelope>
"""


# -- reading -----------------------------------------------------------------------------------------------------------


def test_what_vmware_writes() -> None:
    machine, files = envelope.read(VMWARE)
    assert machine == Machine(
        name="shop",
        vcpus=4,
        cores=2,
        memory=8 * GIB,
        firmware="efi",
        secure_boot=True,
        guest_os="Ubuntu Linux (64-bit)",
        scsi="vmpvscsi",
        disks=(Disk(SCSI, "shop-disk1.vmdk", 40 * GIB), Disk(SCSI, "", 2 * GIB)),  # in the order of their places
        interfaces=(Interface("VM Network", "vmxnet3"),),
    )
    assert [(file.name, file.size) for file in files] == [("shop-disk1.vmdk", 4)]
    told = " | ".join(machine.unmatched)
    assert "nvram" in told
    assert "Floppy drive 1" in told
    assert "password" in told
    assert "Serial" not in told  # which says itself that it is not needed


def test_what_virtualbox_writes() -> None:
    machine, _files = envelope.read(VIRTUALBOX)
    assert machine == Machine(
        name="old",
        vcpus=1,
        memory=512 * 2**20,
        firmware="efi",
        disks=(Disk(IDE, "old-disk001.vmdk", 20 * GIB),),
        drives=(IDE,),
        interfaces=(Interface("NAT", "e1000"),),
    )


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("</Envelope>", "", "broken"),
        ("<Name>shop</Name>", "<Name>&evil;</Name>", "broken"),
        ('ovf:capacity="40"', 'ovf:capacity="many"', "capacity of disk vmdisk1"),
        ("byte * 2^30", "parsec", "no unit"),
        ("byte * 2^30", "byte * 2^99", "larger than any size"),
        ("ovf:/disk/vmdisk1", "ovf:/disk/vmdisk9", "is not in it"),
        ('ovf:fileRef="file1"', 'ovf:fileRef="file9"', "does not list"),
        ('ovf:fileRef="file1"', 'ovf:fileRef="file1" ovf:parentRef="vmdisk2"', "differs from another"),
        ('ovf:size="4"', 'ovf:size="4" ovf:chunkSize="7"', "in pieces"),
        ("<rasd:VirtualQuantity>4<", "<rasd:VirtualQuantity>-4<", "no number"),
        ("<rasd:VirtualQuantity>4<", "<rasd:VirtualQuantity>0<", "no CPU"),
        ("<VirtualHardwareSection>", "<Other><VirtualHardwareSection>", "broken"),
        ("</VirtualSystem>", '</VirtualSystem><VirtualSystem ovf:id="db"/>', "2 machines (db, shop)"),
    ],
)
def test_what_is_broken_is_refused(before: str, after: str, says: str) -> None:
    assert before in VMWARE
    with pytest.raises(Refused) as caught:
        envelope.read(VMWARE.replace(before, after, 1))
    assert says in caught.value.message


def test_what_a_descriptor_includes_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    evil = VMWARE.replace("?>", f'?><!DOCTYPE x [<!ENTITY evil SYSTEM "file://{secret}">]>', 1).replace(
        "<Name>shop</Name>", "<Name>&evil;</Name>"
    )
    try:
        machine, _files = envelope.read(evil)
    except Refused:
        return
    assert "geheim" not in machine.name


# -- what becomes of it ------------------------------------------------------------------------------------------------


def test_a_machine_becomes_a_domain() -> None:
    machine, _files = envelope.read(VMWARE)
    made = spec.domain(machine, {"VM Network": "lan"}, "keep", "new")
    assert made["memory"] == 8 * GIB
    assert made["vcpus"] == 4
    assert made["cpu"] == {"topology": {"sockets": 2, "cores": 2, "threads": 1}}
    assert made["os"] == {"firmware": "efi", "firmware_features": [{"name": "secure-boot", "enabled": True}]}
    assert [(disk["target"], disk["bus"]) for disk in made["disks"]] == [("sda", "scsi"), ("sdb", "scsi")]
    assert made["controllers"] == [{"type": "scsi", "index": 0, "model": "vmpvscsi"}]
    assert made["interfaces"] == [{"model": "vmxnet3", "source": {"network": "lan"}}]


def test_or_one_with_virtio() -> None:
    machine, _files = envelope.read(VMWARE)
    bridge = {"type": "bridge", "source": {"bridge": "br0"}}
    made = spec.domain(machine, {"VM Network": bridge}, "virtio", "new")
    assert [(disk["target"], disk["bus"]) for disk in made["disks"]] == [("vda", "virtio"), ("vdb", "virtio")]
    assert "controllers" not in made
    assert made["interfaces"] == [{"model": "virtio", **bridge}]


def test_disks_of_ide_need_a_machine_that_has_it() -> None:
    machine, _files = envelope.read(VIRTUALBOX)
    made = spec.domain(machine, {"NAT": "default"}, "keep", "new")
    assert made["os"]["machine"] == "pc"
    assert [disk["target"] for disk in made["disks"]] == ["hda", "hdb"]
    made = spec.domain(machine, {"NAT": "default"}, "virtio", "new")
    assert "machine" not in made["os"]
    assert [(disk["target"], disk["bus"]) for disk in made["disks"]] == [("vda", "virtio"), ("sda", "sata")]


def test_networks_have_to_be_known() -> None:
    machine, _files = envelope.read(VMWARE)
    with pytest.raises(Refused) as caught:
        spec.domain(machine, {}, "keep", "new")
    assert "VM Network" in caught.value.message
    assert caught.value.details["option"] == "networks"


def test_letters_of_many_disks() -> None:
    targets = spec.Targets()
    names = [targets.next(VIRTIO) for _number in range(703)]
    assert (names[0], names[25], names[26], names[701], names[702]) == ("vda", "vdz", "vdaa", "vdzz", "vdaaa")
    assert [targets.next(SATA), targets.next(SCSI)] == ["sda", "sdb"]


# -- what we write is what we read -------------------------------------------------------------------------------------

names = st.text("abcXYZ 1.&<>\"'é", min_size=1, max_size=9).map(str.strip).filter(bool)


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    buses = draw(st.lists(st.sampled_from([IDE, SATA, SCSI, VIRTIO]), max_size=6))
    buses = [bus for index, bus in enumerate(buses) if bus != IDE or buses[:index].count(IDE) < 2]
    disks = tuple(
        Disk(bus, f"disk{index}.vmdk", draw(st.integers(1, 2**40))) for index, bus in enumerate(sorted(buses))
    )
    cores = draw(st.integers(0, 4))
    return Machine(
        name=draw(names),
        vcpus=draw(st.integers(1, 64)) * max(cores, 1),
        cores=cores,
        memory=draw(st.integers(1, 2**16)) * 2**20,
        firmware=(firmware := draw(st.sampled_from(["bios", "efi"]))),
        secure_boot=firmware == "efi" and draw(st.booleans()),
        guest_os="Other",
        description=draw(st.just("") | names),
        scsi=draw(st.sampled_from(sorted(hardware.SCSI.values()))) if SCSI in buses else "",
        disks=disks,
        drives=tuple(sorted(draw(st.lists(st.sampled_from([IDE, SATA]), max_size=2)))),
        interfaces=tuple(
            Interface(
                draw(names),
                draw(st.sampled_from(sorted(set(hardware.ADAPTERS.values())))),
                draw(st.sampled_from(["", "52:54:00:aa:bb:cc"])),
            )
            for _count in range(draw(st.integers(0, 3)))
        ),
        sound=draw(st.sampled_from(["", *sorted(set(hardware.SOUNDS.values()))])),
    )


@given(machines())
def test_what_is_written_is_read(machine: Machine) -> None:
    sizes = {disk.file: 7 for disk in machine.disks}
    descriptor = write.written(machine, sizes, "f1").decode()
    read, files = envelope.read(descriptor)
    assert read == machine
    assert read.unmatched == ()
    assert {file.name: file.size for file in files} == sizes
    assert write.fingerprint_in(descriptor) == "f1"


def test_a_domain_becomes_a_machine() -> None:
    document = xml.parse(
        """<domain type='kvm'><name>web1</name><uuid>1</uuid><memory unit='KiB'>2097152</memory><vcpu>2</vcpu>
        <os firmware='efi'><type arch='x86_64'>hvm</type>
          <firmware><feature enabled='yes' name='secure-boot'/></firmware></os>
        <cpu><topology sockets='1' cores='2' threads='1'/></cpu>
        <devices><disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/></disk>
        <disk type='file' device='disk'><source file='/b'/><target dev='vdb' bus='virtio'/></disk>
        <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
        <interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/>
          <model type='virtio'/></interface>
        <tpm model='tpm-crb'><backend type='emulator'/></tpm></devices></domain>"""
    )
    machine = from_domain.machine(document, {"vda": GIB}, portable=True)
    assert machine == Machine(
        name="web1",
        vcpus=2,
        cores=2,
        memory=2 * GIB,
        firmware="efi",
        secure_boot=True,
        scsi="lsisas1068",
        disks=(Disk(SCSI, "disk1.vmdk", GIB),),
        drives=(IDE,),
        interfaces=(Interface("lan", "e1000", "52:54:00:00:00:01"),),
    )
    told = " | ".join(machine.unmatched)
    for what in ("disk vda is attached to virtio", "disk vdb", "device tpm", "NVRAM", "is virtio, and becomes e1000"):
        assert what in told
    kept = from_domain.machine(document, {"vda": GIB}, portable=False)
    assert (kept.disks[0].bus, kept.interfaces[0].model) == (VIRTIO, "virtio")


# -- files -------------------------------------------------------------------------------------------------------------


def appliance(path: Path, files: dict[str, bytes], links: dict[str, str] | None = None) -> str:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return str(path)


def listed(**sums: bytes) -> bytes:
    return "".join(f"SHA256({name})= {hashlib.sha256(text).hexdigest()}\n" for name, text in sums.items()).encode()


WHOLE = {"shop.ovf": VMWARE.encode(), "shop-disk1.vmdk": b"disk"}
SUMS = listed(**WHOLE)


def test_an_appliance_is_read_in_place(tmp_path: Path) -> None:
    path = appliance(tmp_path / "shop.ova", {**WHOLE, "shop.mf": SUMS})
    source = importing.look([path], None)
    assert source.machine.name == "shop"
    assert source.contents == (
        {
            "src": path,
            "member": "shop-disk1.vmdk",
            "remote_src": True,
            "compression": "none",
            "checksum": "sha256:" + hashlib.sha256(b"disk").hexdigest(),
        },
        {},
    )
    assert source.warnings == ()


def test_and_so_are_files_beside_each_other(tmp_path: Path) -> None:
    for name, content in WHOLE.items():
        (tmp_path / name).write_bytes(content)
    source = importing.look([str(tmp_path / "shop.ovf")], "web")
    assert source.machine.name == "web"
    assert source.contents[0]["src"] == str(tmp_path / "shop-disk1.vmdk")
    assert "no list of checksums" in source.warnings[0]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"shop-disk1.vmdk": b"disk"}, "0 descriptors"),
        ({**WHOLE, "other.ovf": b""}, "2 descriptors"),
        ({"shop.ovf": VMWARE.encode()}, "missing"),
        ({**WHOLE, "shop-disk1.vmdk": b"disk and more"}, "should have 4"),
        ({**WHOLE, "../../etc/passwd": b""}, "../../etc/passwd"),
        ({**WHOLE, "/etc/passwd": b""}, "/etc/passwd"),
        ({**WHOLE, "shop.mf": listed(**{"shop.ovf": b"another"})}, "not what the appliance's list"),
        ({**WHOLE, "shop.mf": listed(**{"shop.ovf": VMWARE.encode()})}, "does not have shop-disk1.vmdk"),
        ({**WHOLE, "shop.mf": b"geheim"}, "a line that is none"),
        ({**WHOLE, "shop.ovf": VMWARE.replace("shop-disk1.vmdk", "../up.vmdk").encode()}, "leads to '../up.vmdk'"),
        ({**WHOLE, "shop.ovf": VMWARE.replace("shop-disk1", "http://x/y").encode()}, "leads to 'http://x/y.vmdk'"),
        ({**WHOLE, "shop.ovf": b" " * (5 * 2**20)}, "it is none"),
        ({**WHOLE, "shop.ovf": VMWARE.encode("utf-16")}, "not UTF-8"),
    ],
)
def test_packages_that_are_refused(files: dict[str, bytes], says: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        importing.look([appliance(tmp_path / "shop.ova", files)], None)
    assert says in caught.value.message


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = appliance(tmp_path / "shop.ova", {"shop.ovf": VMWARE.encode()}, {"shop-disk1.vmdk": "/etc/shadow"})
    with pytest.raises(Refused, match="does not have: shop-disk1"):
        package.opened(path)


def test_files_twice_in_an_archive_are_refused(tmp_path: Path) -> None:
    path = appliance(tmp_path / "shop.ova", WHOLE)
    with tarfile.open(path, "a") as archive:
        archive.addfile(tarfile.TarInfo("shop-disk1.vmdk"))
    with pytest.raises(Refused, match="does not have: shop-disk1"):
        package.opened(path)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.ova"
    path.write_bytes(b"PK\3\4" + bytes(600))
    with pytest.raises(Refused, match="not an archive"):
        package.opened(str(path))


# -- disks alone -------------------------------------------------------------------------------------------------------


def test_a_disk_of_an_esxi_host_is_in_two_files(tmp_path: Path) -> None:
    (tmp_path / "db-flat.vmdk").write_bytes(b"data")
    path = tmp_path / "db.vmdk"
    path.write_text('# Disk DescriptorFile\nversion=1\nRW 8 VMFS "db-flat.vmdk"\n')
    assert images.content_of(str(path)) == {"src": str(tmp_path / "db-flat.vmdk"), "remote_src": True, "format": "raw"}


@pytest.mark.parametrize(
    "extents",
    [
        'RW 8 FLAT "../db-flat.vmdk" 0',
        'RW 8 FLAT "/etc/shadow" 0',
        'RW 8 FLAT "nowhere.vmdk" 0',
        'RW 8 FLAT "db-flat.vmdk" 64',
        'RW 8 SPARSE "db-flat.vmdk"',
        'RW 8 FLAT "db-flat.vmdk" 0\nRW 8 FLAT "db-flat.vmdk" 0',
        "",
    ],
)
def test_other_disks_in_pieces_are_refused(extents: str, tmp_path: Path) -> None:
    (tmp_path / "db-flat.vmdk").write_bytes(b"data")
    path = tmp_path / "db.vmdk"
    path.write_text(f"# Disk DescriptorFile\n{extents}\n")
    with pytest.raises(Refused):
        images.content_of(str(path))


PARALLELS = """<?xml version='1.0'?><Parallels_disk_image><StorageData><Storage>
<Image><GUID>{1}</GUID><Type>Compressed</Type><File>db.hdd.0.hds</File></Image></Storage></StorageData>
</Parallels_disk_image>"""


def test_a_disk_of_parallels_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "db.hdd.0.hds").write_bytes(b"data")
    (tmp_path / "DiskDescriptor.xml").write_text(PARALLELS)
    assert images.content_of(str(tmp_path))["src"] == str(tmp_path / "db.hdd.0.hds")
    for before, after in (
        ("db.hdd.0.hds", "../x"),
        ("Compressed", "Plain"),
        ("<Image>", "<Image/><Image>"),
        (">", "<"),
    ):
        (tmp_path / "DiskDescriptor.xml").write_text(PARALLELS.replace(before, after))
        if before != "<Image>":
            with pytest.raises(Refused):
                images.content_of(str(tmp_path))


def test_disks_need_a_name_and_nothing_else_beside_them(tmp_path: Path) -> None:
    (tmp_path / "dc1.vhdx").write_bytes(b"vhdxfile")
    found = importing.look([str(tmp_path / "dc1.vhdx")], None)
    assert found.machine.name == "dc1"
    params: dict[str, Any] = {
        "networks": {},
        "devices": "keep",
        "macs": "new",
        "pool": "p",
        "format": "qcow2",
        "allow_overcommit": False,
        "override": {"memory": "1GiB", "vcpus": 1},
        "state": "present",
    }
    made = importing.manifest(found, params)
    assert made["domains"][0]["disks"][0]["source"] == {"pool": "p", "volume": "dc1-sda.qcow2"}
    assert made["domains"][0]["memory"] == "1GiB"
    with pytest.raises(Refused, match="one file"):
        importing.look([str(tmp_path / "dc1.vhdx"), str(tmp_path / "x.ova")], None)
