# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of plugins/module_utils/schema/domain/shared.py, which many devices have.

Ansible shares no documentation below the top level. So a fragment writes C(SHARED: device) in a line of its own, among
the suboptions where they belong, and has C(with_shared) put the text there.
"""

from __future__ import annotations

import re
import textwrap

_TEXTS = {
    "device": """
alias:
  description:
    - A name of your own for the device (C(<alias name=…>)), which starts with V(ua-). libvirt names the others anew
      at each start. A change waits for a restart.
  type: str
acpi_index:
  description:
    - The number by which the guest's firmware names it (C(<acpi index=…>)), from which the guest makes a name that
      stays, as V(eno1). Devices on the PCI bus have it. A change waits for a restart.
  type: int
address:
  description:
    - Where the device stands in the guest (C(<address>)). libvirt chooses a place if none is stated. Which of the
      options belong together depends on the type; an address is stated as a whole. A change waits for a restart.
  type: dict
  suboptions:
    type:
      description:
        - The kind of place (the attribute C(type)).
      type: str
      required: true
      choices:
        - pci
        - drive
        - usb
        - virtio-serial
        - ccid
        - isa
        - dimm
        - spapr-vio
        - ccw
        - virtio-mmio
        - virtio-s390
        - mdev
        - unassigned
    domain:
      description:
        - PCI domain, as V(0x0000).
      type: str
    bus:
      description:
        - Bus, that is the number of its controller; of PCI, drives and USB.
      type: str
    slot:
      description:
        - Slot of a PCI bus or a memory device, as V(0x05).
      type: str
    function:
      description:
        - Function of a PCI slot, from V(0x0) to V(0x7).
      type: str
    controller:
      description:
        - Number of the controller of a drive or a virtio-serial port.
      type: str
    target:
      description:
        - SCSI target of a drive.
      type: str
    unit:
      description:
        - Unit of a drive, which is its number on the bus or target.
      type: str
    port:
      description:
        - Port of a USB bus or hub, as V(1.2), or of a virtio-serial controller.
      type: str
    multifunction:
      description:
        - Whether other functions of the same PCI slot are used, too (of function 0).
      type: bool
    reg:
      description:
        - Register of a device on the bus C(spapr-vio).
      type: str
    iobase:
      description:
        - I/O port of a device on the ISA bus.
      type: str
    irq:
      description:
        - Interrupt of a device on the ISA bus.
      type: str
    base:
      description:
        - Address of a memory device in the guest's memory.
      type: str
    cssid:
      description:
        - Channel subsystem of a device on the bus C(ccw).
      type: str
    ssid:
      description:
        - Subchannel set of a device on the bus C(ccw).
      type: str
    devno:
      description:
        - Number of a device on the bus C(ccw).
      type: str
    uuid:
      description:
        - UUID of a mediated device on the host.
      type: str
""",
    "boot": """
boot_order:
  description:
    - The place in the boot order, from V(1) (C(<boot order=…>)). If it is not stated, it is left as it is. Not
      together with O(os.boot_devices). A change waits for a restart.
  type: int
boot_loadparm:
  description:
    - >-
      What the boot loader of an s390x guest is told (C(<boot loadparm=…>)); needs a boot order. A change waits for a
      restart.
  type: str
""",
    "rom": """
rom:
  description:
    - The firmware that the PCI device brings along (C(<rom>)). A change waits for a restart.
  type: dict
  suboptions:
    enabled:
      description:
        - Whether it is loaded. If it is not stated, it is.
      type: bool
    bar:
      description:
        - Whether the guest sees it in the device's memory. If it is not stated, QEMU decides.
      type: bool
    file:
      description:
        - Path of a file on the managed host that is used in its place.
      type: str
""",
    "virtio": """
iommu:
  description:
    - Whether the device uses the guest's IOMMU (the attribute C(iommu)). If it is not stated, QEMU decides.
  type: bool
ats:
  description:
    - Whether it supports address translation services (the attribute C(ats)). If it is not stated, QEMU decides.
  type: bool
packed:
  description:
    - Whether it offers packed virtqueues (the attribute C(packed)). If it is not stated, QEMU decides.
  type: bool
page_per_vq:
  description:
    - Whether each queue's notification has a page of its own (the attribute C(page_per_vq)). If it is not stated,
      QEMU decides.
  type: bool
""",
    "queues": """
queues:
  description:
    - The number of queues. If it is not stated, QEMU decides.
  type: int
ioeventfd:
  description:
    - Whether the guest's notifications are handled apart from its processors. If it is not stated, QEMU decides.
  type: bool
iothread:
  description:
    - The number of the I/O thread that serves it. If it is not stated, QEMU's main thread does.
  type: int
iothreads:
  description:
    - I/O threads among which the queues are spread (C(<iothreads>)), since libvirt 10.0; not together with one
      C(iothread).
  type: list
  elements: dict
  suboptions:
    id:
      description:
        - The number of the I/O thread.
      type: int
      required: true
    queues:
      description:
        - The numbers of the queues that it serves. If none are stated for any thread, all are spread evenly.
      type: list
      elements: int
""",
    "auth": """
auth:
  description:
    - How the host makes itself known to the server (C(<auth>)).
  type: dict
  suboptions:
    username:
      description:
        - The name of the user.
      type: str
      required: true
    secret:
      description:
        - The secret of libvirt that holds the password (C(<secret>)), by its UUID or by its usage.
      type: dict
      suboptions:
        type:
          description:
            - What the secret is for.
          type: str
          choices: [ceph, iscsi]
        uuid:
          description:
            - UUID of the secret.
          type: str
        usage:
          description:
            - Usage of the secret.
          type: str
""",
    "hosts": """
hosts:
  description:
    - The servers that have it (C(<host>)).
  type: list
  elements: dict
  suboptions:
    name:
      description:
        - Name or address.
      type: str
    port:
      description:
        - Port. If it is not stated, it is that of the protocol.
      type: int
    transport:
      description:
        - How the server is reached. V(tcp) if it is not stated.
      type: str
      choices: [tcp, rdma, unix]
    socket:
      description:
        - Path of the socket of a server that is reached by V(unix).
      type: str
""",
    "encryption": """
encryption:
  description:
    - How the image is encrypted (C(<encryption>)).
  type: dict
  suboptions:
    format:
      description:
        - The format of the encryption.
      type: str
      required: true
      choices: [default, qcow, luks, luks2, luks-any]
    engine:
      description:
        - What decrypts it. If it is not stated, it is V(qemu).
      type: str
      choices: [qemu, librbd]
    secrets:
      description:
        - The secrets of libvirt that hold the passphrases (C(<secret>)), each by its UUID or by its usage.
      type: list
      elements: dict
      suboptions:
        uuid:
          description:
            - UUID of the secret.
          type: str
        usage:
          description:
            - Usage of the secret.
          type: str
""",
    "image": """
file:
  description:
    - Path of an image on the managed host (C(<source file=…>)).
  type: str
fdgroup:
  description:
    - Name of a group of file descriptors that was given to libvirt, which are used in place of opening the file (the
      attribute C(fdgroup)).
  type: str
dev:
  description:
    - Path of a block device on the managed host (C(<source dev=…>)).
  type: str
dir:
  description:
    - Path of a directory on the managed host that the guest sees as a FAT file system (C(<source dir=…>)).
  type: str
pool:
  description:
    - Name of a storage pool (C(<source pool=…>)), with its C(volume). It has to be active when the guest is started.
  type: str
volume:
  description:
    - Name of a volume in the pool (C(<source volume=…>)).
  type: str
mode:
  description:
    - Whether a volume of an iSCSI pool is used as a device of the V(host) or by QEMU itself, V(direct) (the attribute
      C(mode)).
  type: str
  choices: [host, direct]
protocol:
  description:
    - What QEMU speaks to a server that has the image (C(<source protocol=…>)).
  type: str
  choices: [nbd, rbd, iscsi, http, https, ftp, ftps, tftp, gluster, nfs, ssh, vxhs, sheepdog]
name:
  description:
    - Name of the image on the server (the attribute C(name)); of iSCSI the target and the unit, as
      V(iqn.2026-01.org.example:disks/1).
  type: str
query:
  description:
    - The query of a URL of V(http) or V(https) (the attribute C(query)).
  type: str
tls:
  description:
    - Whether the connection is encrypted (the attribute C(tls)). If it is not stated, the host's C(qemu.conf) decides.
  type: bool
tls_hostname:
  description:
    - The name that the server's certificate is for (the attribute C(tlsHostname)), where it is not its own.
  type: str
SHARED: hosts
snapshot:
  description:
    - Name of a snapshot of the image, of V(rbd) (C(<snapshot name=…>)).
  type: str
config:
  description:
    - Path of a configuration file on the managed host, of V(rbd) (C(<config file=…>)).
  type: str
SHARED: auth
initiator:
  description:
    - The name by which the host is known to an iSCSI server (C(<iqn name=…>)).
  type: str
cookies:
  description:
    - Cookies that are sent to an HTTP server (C(<cookie>)).
  type: list
  elements: dict
  suboptions:
    name:
      description:
        - Name of the cookie.
      type: str
      required: true
    value:
      description:
        - Value of the cookie, which is not shown anywhere.
      type: str
ssl_verify:
  description:
    - Whether the certificate of a server of V(https) or V(ftps) is verified (C(<ssl verify=…>)). If it is not stated,
      it is.
  type: bool
readahead:
  description:
    - How much is read ahead (C(<readahead>)), in bytes or with a unit as V(64KiB).
  type: str
timeout:
  description:
    - The seconds for which an answer is waited for (C(<timeout>)).
  type: int
known_hosts:
  description:
    - Path of a file with the keys of servers of V(ssh) (C(<knownHosts path=…>)).
  type: str
identity:
  description:
    - Who the host is to a server of V(nfs) or V(ssh) (C(<identity>)).
  type: dict
  suboptions:
    user:
      description:
        - User of V(nfs).
      type: str
    group:
      description:
        - Group of V(nfs).
      type: str
    username:
      description:
        - User of V(ssh).
      type: str
    keyfile:
      description:
        - Path of the private key of V(ssh).
      type: str
    agentsock:
      description:
        - Path of the socket of an agent that has the key of V(ssh).
      type: str
namespace:
  description:
    - Number of the namespace of an NVMe disk of the host that QEMU drives itself (C(<source namespace=…>)), with its
      C(address).
  type: int
managed:
  description:
    - Whether libvirt takes the NVMe disk from the host's driver and gives it back (the attribute C(managed)).
  type: bool
address:
  description:
    - The place of the NVMe disk on the host's PCI bus (C(<address>)).
  type: dict
  suboptions:
    domain:
      description:
        - PCI domain, as V(0x0000).
      type: str
    bus:
      description:
        - PCI bus.
      type: str
      required: true
    slot:
      description:
        - PCI slot.
      type: str
      required: true
    function:
      description:
        - PCI function.
      type: str
      required: true
path:
  description:
    - Path of the socket of a process that serves the disk by the vhost-user protocol (C(<source path=…>)). The guest
      needs shared memory for it.
  type: str
vhostvdpa:
  description:
    - Path of a vDPA device of the host, as V(/dev/vhost-vdpa-0) (C(<source dev=…>) of a disk of type V(vhostvdpa)).
  type: str
reconnect:
  description:
    - What happens when the connection is lost (C(<reconnect>)).
  type: dict
  suboptions:
    delay:
      description:
        - The seconds for which an NBD server is tried again.
      type: int
    enabled:
      description:
        - Whether a socket is connected to again.
      type: bool
    timeout:
      description:
        - The seconds between attempts to connect to a socket.
      type: int
startup_policy:
  description:
    - Whether it has to be there when the guest starts (the attribute C(startupPolicy)). V(mandatory) if it is not
      stated, V(requisite) if it may be missing after a migration, V(optional) if it may be missing at all.
  type: str
  choices: [mandatory, requisite, optional]
slice:
  description:
    - The part of the image that the guest sees (C(<slice>)).
  type: dict
  suboptions:
    offset:
      description:
        - Where it begins, in bytes or with a unit.
      type: str
      required: true
    size:
      description:
        - Its length, in bytes or with a unit.
      type: str
      required: true
SHARED: encryption
reservations:
  description:
    - Who handles persistent SCSI reservations of a C(lun) (C(<reservations>)).
  type: dict
  suboptions:
    managed:
      description:
        - Whether libvirt starts the helper by itself.
      type: bool
    path:
      description:
        - Path of the socket of a helper that is not managed.
      type: str
SHARED: seclabels
""",
    "backing": """
no_backing_store:
  description:
    - Whether nothing lies below the image (an empty C(<backingStore>)), so that libvirt does not look into it. If it is
      not stated, libvirt looks.
  type: bool
""",
    "chartype": """
type:
  description:
    - >-
      The kind of the host's end: V(pty) is a pseudo terminal (C(virsh console)), V(dev) a device of the host, V(file),
      V(pipe) and V(unix) are a file, a named pipe and a socket, V(tcp) and V(udp) lead over the network, V(null) is
      nowhere, V(stdio) is QEMU's own output, V(vc) a virtual console of QEMU, V(spicevmc) and V(spiceport) lead to the
      Spice client, V(qemu-vdagent) to QEMU's clipboard, V(dbus) to D-Bus. Another kind takes the rest of the host's
      end away.
  type: str
  choices: [pty, dev, file, pipe, unix, tcp, udp, "null", stdio, vc, spicevmc, spiceport, qemu-vdagent, dbus]
  required: true
""",
    "hostend": """
source:
  description:
    - The host's end (C(<source>)), as far as its type has it. A source that changes is stated as a whole.
  type: dict
  suboptions:
    path:
      description:
        - Path of the device, file, pipe or socket.
      type: str
    append:
      description:
        - Whether a file is added to, not emptied at the start of the guest.
      type: bool
    host:
      description:
        - Name or address that V(tcp) connects to or listens on, and that V(udp) sends to.
      type: str
    service:
      description:
        - Its port.
      type: str
    bind:
      description:
        - Where V(udp) listens.
      type: dict
      suboptions:
        host:
          description:
            - The address.
          type: str
        service:
          description:
            - The port.
          type: str
    mode:
      description:
        - Whether a V(tcp) or V(unix) one connects to another (V(connect)) or is connected to (V(bind)).
      type: str
      choices: [connect, bind]
    tls:
      description:
        - Whether a V(tcp) connection is encrypted. If it is not stated, the host's C(qemu.conf) decides.
      type: bool
    reconnect:
      description:
        - Whether a connection that is lost is made again (C(<reconnect>)).
      type: dict
      suboptions:
        enabled:
          description:
            - Whether it is.
          type: bool
        timeout:
          description:
            - The seconds between attempts.
          type: int
    channel:
      description:
        - Name of a V(spiceport) or of a channel of V(dbus).
      type: str
    clipboard:
      description:
        - The clipboard of V(qemu-vdagent) (C(<clipboard>)).
      type: dict
      suboptions:
        copypaste:
          description:
            - Whether it is shared.
          type: bool
    mouse:
      description:
        - The mouse of V(qemu-vdagent) (C(<mouse>)).
      type: dict
      suboptions:
        mode:
          description:
            - Whether the guest moves the pointer, V(server), or the display, V(client).
          type: str
          choices: [server, client]
    SHARED: seclabels
protocol:
  description:
    - What is spoken over V(tcp) (C(<protocol type=…>)).
  type: str
  choices: [raw, telnet, telnets, tls]
log:
  description:
    - A file on the host to which all output is also written (C(<log>)).
  type: dict
  suboptions:
    file:
      description:
        - Path of the file.
      type: str
    append:
      description:
        - Whether it is added to.
      type: bool
""",
    "seclabels": """
seclabels:
  description:
    - Security labels of the image (C(<seclabel>)) that differ from those of the guest.
  type: list
  elements: dict
  suboptions:
    model:
      description:
        - The security driver, as V(selinux) or V(dac). It identifies the item.
      type: str
    relabel:
      description:
        - Whether libvirt sets the label.
      type: bool
    label:
      description:
        - The label.
      type: str
""",
    "audio_stream": """
mixing_engine:
  description:
    - Whether QEMU mixes by itself (the attribute C(mixingEngine)).
  type: bool
fixed_settings:
  description:
    - Whether the settings stay whatever the guest's are (the attribute C(fixedSettings)).
  type: bool
voices:
  description:
    - The number of voices.
  type: int
buffer_length:
  description:
    - The length of the buffer in microseconds (the attribute C(bufferLength)).
  type: int
buffer_count:
  description:
    - The number of buffers (the attribute C(bufferCount)), of the types V(coreaudio), V(oss) and V(sdl).
  type: int
dev:
  description:
    - The host's device, of the types V(alsa) and V(oss).
  type: str
name:
  description:
    - Name of the sink or source, of the types V(pulseaudio) and V(pipewire).
  type: str
stream_name:
  description:
    - Name under which the guest is seen (the attribute C(streamName)), of the types V(pulseaudio) and V(pipewire).
  type: str
latency:
  description:
    - The desired latency in microseconds, of the types V(pulseaudio) and V(pipewire).
  type: int
server_name:
  description:
    - Name of the server (the attribute C(serverName)), of the type V(jack).
  type: str
client_name:
  description:
    - Name under which the guest is seen (the attribute C(clientName)), of the type V(jack).
  type: str
connect_ports:
  description:
    - Regular expression of the ports to connect to (the attribute C(connectPorts)), of the type V(jack).
  type: str
exact_name:
  description:
    - Whether the client has to get exactly that name (the attribute C(exactName)), of the type V(jack).
  type: bool
try_poll:
  description:
    - Whether polling is tried (the attribute C(tryPoll)), of the type V(oss).
  type: bool
settings:
  description:
    - The settings of a sample (C(<settings>)), with fixed settings.
  type: dict
  suboptions:
    frequency:
      description:
        - The sampling frequency in hertz.
      type: int
    channels:
      description:
        - The number of channels.
      type: int
    format:
      description:
        - The format of a sample.
      type: str
      choices: [s8, u8, s16, u16, s32, u32, f32]
""",
    "audio": """
audio:
  description:
    - Where the host plays and records (C(<audio>)). If it is not stated, the first of O(audios).
  type: dict
  suboptions:
    id:
      description:
        - Number of the backend, its O(audios[].id).
      type: int
      required: true
""",
}


_LINE = re.compile(r"^( *)SHARED: (\w+)$", re.MULTILINE)


def with_shared(text: str) -> str:
    """Return a fragment with the shared options in place of the lines that name them."""
    while _LINE.search(text):
        text = _LINE.sub(lambda line: textwrap.indent(_TEXTS[line[2]].strip("\n"), line[1]), text)
    return text
