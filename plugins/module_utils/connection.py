# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to one hypervisor, and the only door through which anything on it is changed.

Every libvirt object is handed out as a M(Handle). C(handle.read.METHOD()) reaches the methods named in M(READERS)
and no others; everything else goes through C(handle.change.METHOD()), which does not open in check mode. So a
method that nobody classified counts as a mutation, and a planner that would change something fails in its tests.
"""

from __future__ import annotations

import functools
import threading
import typing as t
from urllib.parse import urlsplit

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import (
    ConnectionFailed,
    InternalError,
    NotFound,
    OperationFailed,
    Unsupported,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.promises import Coming

if t.TYPE_CHECKING:
    from ansible_collections.hypervise.kvm.plugins.module_utils import xml

try:
    import libvirt
except ImportError:
    pass  # module.py says so, after it looked for an interpreter that has it

#: Methods of libvirt-python's classes that change nothing, on the host or in a guest.
READERS = frozenset(
    """
    autostart backupGetXMLDesc baselineHypervisorCPU blkioParameters blockInfo blockJobInfo blockStats bridgeName
    checkpointLookupByName compareCPU compareHypervisorCPU DHCPLeases diskErrors domainListGetStats
    domainXMLToNative filterName getAllDomainStats getCapabilities getCPUMap getCPUModelNames getCPUStats
    getDomainCapabilities getFreeMemory getFreePages getHostname getInfo getLibVersion getMemoryStats getName
    getStoragePoolCapabilities getType getURI getVersion getXMLDesc guestInfo guestVcpus hasCurrentSnapshot
    hasManagedSaveImage ID info interfaceAddresses ioThreadInfo isActive isAlive isCurrent isPersistent isUpdated
    jobInfo jobStats key listAllCheckpoints listAllDevices listAllDomains listAllNetworks listAllNWFilterBindings
    listAllNWFilters listAllPorts listAllSecrets listAllSnapshots listAllStoragePools listAllVolumes listCaps
    lookupByName lookupByUUIDString managedSaveGetXMLDesc maxMemory maxVcpus memoryParameters memoryStats metadata
    name networkLookupByName networkLookupByUUIDString nodeDeviceLookupByName numOfCaps nwfilterLookupByName OSType
    parent path portDev schedulerParametersFlags secretLookupByUsage secretLookupByUUIDString setKeepAlive
    snapshotLookupByName state storagePoolLookupByName storagePoolLookupByTargetPath storagePoolLookupByUUIDString
    storagePoolLookupByVolume storageVolLookupByName storageVolLookupByPath usageID usageType UUIDString value
    vcpusFlags XMLDesc
    """.split()
)

Answer = t.TypeVar("Answer")

_NOT_FOUND = (
    "NO_DOMAIN",
    "NO_DOMAIN_CHECKPOINT",
    "NO_DOMAIN_SNAPSHOT",
    "NO_NETWORK",
    "NO_NETWORK_PORT",
    "NO_NODE_DEVICE",
    "NO_NWFILTER",
    "NO_NWFILTER_BINDING",
    "NO_SECRET",
    "NO_STORAGE_POOL",
    "NO_STORAGE_VOL",
)
_UNSUPPORTED = ("NO_SUPPORT", "OPERATION_UNSUPPORTED", "CONFIG_UNSUPPORTED", "ARGUMENT_UNSUPPORTED")


def constant(name: str, older: int | None = None) -> int:
    """Return a libvirt constant by its name without the prefix C(VIR_), I(older) where this libvirt is and lacks it."""
    return getattr(libvirt, f"VIR_{name}", *([] if older is None else [older]))


def library_version() -> int:
    """Return the version of the libvirt through which this code speaks to the daemon."""
    return int(libvirt.getVersion())


def error_name(code: int) -> str:
    """Return the name of a libvirt error code: C('NO_DOMAIN') for C(VIR_ERR_NO_DOMAIN)."""
    levels = ("VIR_ERR_NONE", "VIR_ERR_WARNING", "VIR_ERR_ERROR")  # not codes, though named alike
    for name, value in vars(libvirt).items():
        if name.startswith("VIR_ERR_") and value == code and name not in levels:
            return name[len("VIR_ERR_") :]
    return str(code)


def translate(error: t.Any, operation: str, label: str) -> OperationFailed:
    """Return libvirt's exception as ours: which object, which operation, what libvirt said, with its code."""
    code = error.get_error_code()
    name = error_name(code)
    kind = NotFound if name in _NOT_FOUND else Unsupported if name in _UNSUPPORTED else OperationFailed
    said = " ".join((error.get_error_message() or str(error)).split())  # programs it ran may have said more lines
    return kind(
        f"{label}: {operation} failed: {said} (libvirt error {code}, {name}).",
        object=label,
        operation=operation,
        libvirt={"code": code, "name": name, "message": said},
    )


@functools.cache
def have_events() -> None:
    """Run libvirt's event loop for connections that are opened from now on: it sees that another host is gone."""
    libvirt.virEventRegisterDefaultImpl()

    def run() -> None:
        while True:
            libvirt.virEventRunDefaultImpl()

    threading.Thread(target=run, daemon=True).start()


class Handle:
    """A libvirt object with its name for messages, to be read freely and changed through the door alone."""

    def __init__(self, connection: Connection, raw: t.Any, label: str) -> None:
        self.connection = connection
        self.raw = raw
        self.label = label
        self.read = _Face(self, self._reader, lambda: None)
        self.change = _Face(self, self._mutator, connection.forget)

    def _reader(self, method: str) -> str:
        if method not in READERS:
            raise InternalError(f"{self.label}: {method} is not known to change nothing; it must go through the door.")
        return method

    def _mutator(self, method: str) -> str:
        if self.connection.check_mode:
            raise InternalError(f"{self.label}: {method} was about to be called in check mode.")
        return method


def _function(raw: t.Any, method: str) -> t.Callable[..., t.Any]:
    """Return a method; what only QEMU's guests have are functions of a module of its own."""
    if hasattr(raw, method):
        return t.cast("t.Callable[..., t.Any]", getattr(raw, method))
    import libvirt_qemu

    return functools.partial(getattr(libvirt_qemu, method), raw)


class _Face:
    def __init__(self, handle: Handle, admit: t.Callable[[str], str], after: t.Callable[[], None]) -> None:
        self._handle = handle
        self._admit = admit
        self._after = after

    def __getattr__(self, method: str) -> t.Callable[..., t.Any]:
        handle = self._handle
        function = _function(handle.raw, self._admit(method))

        def call(*args: t.Any) -> t.Any:
            try:
                return handle.connection.wrap(function(*args), handle.label)
            except libvirt.libvirtError as error:
                raise translate(error, method, handle.label) from error
            finally:
                self._after()

        return call


class Connection:
    """One open connection.

    :arg uri: a libvirt URI (U(https://libvirt.org/uri.html)).
    :arg check_mode: keep the door shut.
    :arg log: takes what happens while a task waits, for the host's log.
    :raises ConnectionFailed: where the hypervisor cannot be reached or does not let us in.
    """

    def __init__(self, uri: str, check_mode: bool, log: t.Callable[[str], None] = lambda message: None) -> None:
        self.uri = uri
        self.check_mode = check_mode
        self.log = log
        self.coming = Coming()
        self._answers: dict[t.Any, t.Any] = {}
        self._passing: dict[t.Any, t.Any] = {}
        libvirt.registerErrorHandler(lambda _context, _error: None, None)  # it prints to stderr otherwise
        try:
            raw = libvirt.open(uri)
        except libvirt.libvirtError as error:
            raise self._refused(error) from error
        self.host = Handle(self, raw, f"hypervisor {uri}")

    def _refused(self, error: t.Any) -> ConnectionFailed:
        code = error.get_error_code()
        name = error_name(code)
        said = error.get_error_message() or str(error)
        hint = "Check the option 'uri', and that the daemon runs (systemctl status libvirtd virtqemud)."
        if name in ("AUTH_FAILED", "AUTH_CANCELLED", "AUTH_UNAVAILABLE", "ACCESS_DENIED") or "ermission denied" in said:
            hint = "Run the task with become: true, or put the user into the group libvirt."
        return ConnectionFailed(
            f"Cannot connect to {self.uri}: {said} (libvirt error {code}, {name}).",
            hint,
            uri=self.uri,
            libvirt={"code": code, "name": name, "message": said},
        )

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *exc: t.Any) -> None:
        try:
            self.host.raw.close()
        except libvirt.libvirtError:
            pass  # the daemon is gone; whatever was to be said about that has been

    @property
    def is_local(self) -> bool:
        """Whether the hypervisor is the host on which this code runs, so that its files can be looked at."""
        parts = urlsplit(self.uri)
        return not parts.hostname and "+" not in parts.scheme.replace("+unix", "") and parts.scheme != "test"

    def wrap(self, value: t.Any, label: str) -> t.Any:
        """Return libvirt's objects as handles, anything else as it is."""
        if isinstance(value, list):
            return [self.wrap(entry, label) for entry in value]
        for kind, noun in _NOUNS.items():
            if isinstance(value, getattr(libvirt, kind)):
                method = next(name for name in ("getName", "name", "UUIDString", "portDev") if hasattr(value, name))
                name = getattr(value, method)()
                return Handle(self, value, f"{noun} {name}")
        return value

    def lookup(self, method: str, name: str) -> Handle | None:
        """Return an object by name through I(method) of the connection, C(None) where there is none."""
        try:
            return getattr(self.host.read, method)(name)
        except NotFound:
            return None

    def once(self, question: t.Hashable, ask: t.Callable[[], Answer]) -> Answer:
        """Return what is the same for all objects of a host, so that it is asked no more than once."""
        if question not in self._answers:
            self._answers[question] = ask()
        return t.cast(Answer, self._answers[question])

    def meanwhile(self, question: t.Hashable, ask: t.Callable[[], Answer]) -> Answer:
        """Return what holds for all objects until one is changed, so that it is asked once for all that is planned."""
        passing = self._passing  # another thread's change begins a new one
        if question not in passing:
            passing[question] = ask()
        return t.cast(Answer, passing[question])

    def forget(self) -> None:
        """Take note that something was changed."""
        self._passing = {}

    def capabilities(self) -> xml.Element:
        """Return the host's capabilities document (U(https://libvirt.org/formatcaps.html))."""
        from ansible_collections.hypervise.kvm.plugins.module_utils import xml  # not every task needs lxml

        return self.once("capabilities", lambda: xml.parse(self.host.read.getCapabilities()))


_NOUNS = {
    "virDomain": "domain",
    "virDomainCheckpoint": "checkpoint",
    "virDomainSnapshot": "snapshot",
    "virNetwork": "network",
    "virNetworkPort": "network port",
    "virNodeDevice": "node device",
    "virNWFilter": "nwfilter",
    "virNWFilterBinding": "filter of interface",
    "virSecret": "secret",
    "virStoragePool": "storage pool",
    "virStorageVol": "volume",
}
