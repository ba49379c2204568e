# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one value looks as an option and in XML: its type, its unit, and when two of them are the same.

A codec reads and writes by (element, path), because some values are more than one attribute: a size has a unit,
a flag is an element that is there or not.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import units, xml


class Codec:
    """Text as it is. The base of all codecs."""

    option_type = "str"
    choices: tuple[str, ...] = ()
    reads_absence = False  # whether there is a value also where XML has nothing

    def parse(self, value: t.Any) -> t.Any:
        """Return the typed value of an option.

        :raises ValueError: with a sentence that says what is accepted.
        """
        return str(value)

    def read(self, element: xml.Element, path: str) -> t.Any:
        """Return the typed value at I(path), C(None) where XML states none."""
        text = xml.get(element, path)
        return self.decode(text) if text else None

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        """Make XML state I(value); an empty text removes it."""
        text = self.encode(value)
        if text == "":
            xml.drop(element, path)
        else:
            xml.put(element, path, text)

    def decode(self, text: str) -> t.Any:
        """Return the typed value of XML text, C(None) where the text means that there is none."""
        return text

    def encode(self, value: t.Any) -> str:
        """Return XML text."""
        return str(value)

    def clear(self, element: xml.Element, path: str) -> None:
        """Remove from XML all that M(read) looks at."""
        xml.clear(element, path)

    def same(self, current: t.Any, desired: t.Any) -> bool:
        """Tell whether what is there already grants what is wished."""
        return bool((current or "") == desired)

    def same_live(self, current: t.Any, desired: t.Any) -> bool:
        """Tell the same for a running object, where libvirt writes what a wish has become."""
        return self.same(current, desired)

    def show(self, value: t.Any) -> t.Any:
        """Return the value as a diff shows it."""
        return value


class Choice(Codec):
    """One word of several."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices


class Name(Codec):
    """A name that libvirt uses in file names: not empty, no slash, not a dot."""

    def parse(self, value: t.Any) -> str:
        text = str(value)
        if not text.strip() or "/" in text or "\n" in text or text in (".", ".."):
            raise ValueError(f"{text!r} cannot be a name; it must not be empty nor contain '/' or a line break")
        return text


class AbsolutePath(Codec):
    """A path of the managed host."""

    def parse(self, value: t.Any) -> str:
        text = str(value)
        if text and not text.startswith("/"):
            raise ValueError(f"{text!r} is not an absolute path")
        return text


class DirectoryPath(AbsolutePath):
    """A path that libvirt stores without spurious slashes, and that cannot be empty."""

    def parse(self, value: t.Any) -> str:
        text = super().parse(value)
        if not text:
            raise ValueError("the path is empty")
        return re.sub(r"/+", "/", text).rstrip("/") or "/"


class Int(Codec):
    """A whole number."""

    option_type = "int"

    def __init__(self, minimum: int | None = None, maximum: int | None = None, unset: str = "") -> None:
        self.minimum, self.maximum, self.unset = minimum, maximum, unset

    def parse(self, value: t.Any) -> int:
        number = int(value)
        if self.minimum is not None and number < self.minimum:
            raise ValueError(f"{number} is too small; at least {self.minimum}")
        if self.maximum is not None and number > self.maximum:
            raise ValueError(f"{number} is too large; at most {self.maximum}")
        return number

    def decode(self, text: str) -> int | None:
        return None if text in ("", self.unset) else int(text, 0)

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return bool(current == desired)


class Number(Codec):
    """A whole number that XML, and whoever copies from it, may write in hexadecimal: V(26) or V(0x1a)."""

    def parse(self, value: t.Any) -> int:
        try:
            return int(str(value), 0)
        except ValueError as error:
            raise ValueError(f"{value!r} is not a whole number like 26 or 0x1a") from error

    def decode(self, text: str) -> int:
        return int(text, 0)

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return bool(current == desired)


class Bool(Codec):
    """A truth that XML writes as one of two words."""

    option_type = "bool"

    def __init__(self, true: str = "yes", false: str = "no") -> None:
        self.true, self.false = true, false

    def parse(self, value: t.Any) -> bool:
        return bool(value)

    def decode(self, text: str) -> bool:
        return text == self.true

    def encode(self, value: t.Any) -> str:
        return self.true if value else self.false

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return current is not None and bool(current) == desired


class Presence(Bool):
    """A truth that XML writes by an element being there."""

    def read(self, element: xml.Element, path: str) -> bool | None:
        return True if xml.find(element, path) is not None else None

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        if value:
            xml.find(element, path, create=True)
        else:
            xml.drop(element, path)

    def clear(self, element: xml.Element, path: str) -> None:
        found = xml.find(element, path)
        if found is not None and xml.is_empty(found):
            xml.drop(element, path)

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return bool(current) == desired


class Size(Codec):
    """Bytes, or a string with an IEC unit. Rounded up to what libvirt stores.

    :arg stored: bytes in one unit of a value without a unit, and the step to which libvirt rounds up.
    :arg unit: the attribute that holds the unit, beside the size where that is an attribute; empty where the format
        has none.
    :arg live_step: the step to which a hypervisor rounds up when the object starts.
    """

    def __init__(self, stored: int = 1, unit: str = "", minimum: int = 0, live_step: int = 1) -> None:
        self.stored, self.unit, self.minimum, self.live_step = stored, unit, minimum, live_step

    def parse(self, value: t.Any) -> int:
        size = units.round_up(units.parse_size(value), self.stored)
        if size < self.minimum:
            raise ValueError(f"{units.format_size(size)} is too small; at least {units.format_size(self.minimum)}")
        return size

    def read(self, element: xml.Element, path: str) -> int | None:
        text = xml.get(element, path)
        if not text:
            return None
        unit = xml.get(element, self._unit_path(path)) if self.unit else None
        return int(text) * (units.LIBVIRT[unit] if unit else self.stored)

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        xml.put(element, path, str(value // self.stored))
        if self.unit:
            xml.put(element, self._unit_path(path), {1: "bytes", 2**10: "KiB", 2**20: "MiB"}[self.stored])

    def clear(self, element: xml.Element, path: str) -> None:
        if self.unit:
            xml.clear(element, self._unit_path(path))
        super().clear(element, path)

    def _unit_path(self, path: str) -> str:
        steps, _attribute = xml.split(path)
        return f"{steps}/@{self.unit}" if steps else f"@{self.unit}"

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return bool(current == desired)

    def same_live(self, current: t.Any, desired: t.Any) -> bool:
        return current is not None and bool(current == units.round_up(desired, self.live_step))

    def show(self, value: t.Any) -> t.Any:
        return units.format_size(value) if isinstance(value, int) else value


class Limit(Size):
    """A size that may not be exceeded; V(0) is no limit, which XML does not state."""

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        if value:
            super().write(element, path, value)
        else:
            xml.drop(element, path)


class Numbers(Codec):
    """A set of numbers as libvirt writes CPUs and NUMA nodes: V(0-3,^2,8). An empty text is none stated."""

    _PART = re.compile(r"(?P<out>\^?)(?P<first>\d{1,5})(-(?P<last>\d{1,5}))?")

    def parse(self, value: t.Any) -> str:
        return self._spans(self.members(value))

    def members(self, value: t.Any) -> set[int]:
        """Return the numbers of a set."""
        numbers: set[int] = set()
        for part in filter(None, re.sub(r"\s", "", str(value)).split(",")):
            match = self._PART.fullmatch(part)
            if not match or int(match["last"] or match["first"]) < int(match["first"]):
                raise ValueError(f"{value!r} is not a set of numbers like '0-3,^2,8'")
            span = set(range(int(match["first"]), int(match["last"] or match["first"]) + 1))
            numbers = numbers - span if match["out"] else numbers | span
        return numbers

    def decode(self, text: str) -> str:
        return self.parse(text)

    @staticmethod
    def _spans(numbers: set[int]) -> str:
        firsts = sorted(number for number in numbers if number - 1 not in numbers)
        lasts = sorted(number for number in numbers if number + 1 not in numbers)
        return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in zip(firsts, lasts))


class Uuid(Codec):
    """A UUID, compared without regard to case and dashes."""

    def parse(self, value: t.Any) -> str:
        digits = re.sub(r"[-\s]", "", str(value)).lower()
        if not re.fullmatch(r"[0-9a-f]{32}", digits):
            raise ValueError(f"{value!r} is not a UUID")
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Mac(Codec):
    """A MAC address, compared without regard to case."""

    def parse(self, value: t.Any) -> str:
        text = str(value).lower()
        if not re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", text):
            raise ValueError(f"{value!r} is not a MAC address; six hexadecimal pairs with colons")
        if int(text[:2], 16) & 1:
            raise ValueError(f"{value!r} is a multicast address; the first byte must be even")
        return text

    def decode(self, text: str) -> str:
        return text.lower()


class Address(Codec):
    """An IPv4 or IPv6 address."""

    def parse(self, value: t.Any) -> str:
        try:
            return str(ipaddress.ip_address(str(value)))
        except ValueError as error:
            raise ValueError(f"{value!r} is not an IP address") from error

    def decode(self, text: str) -> str | None:
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            return text or None


class Prefix(Int):
    """The length of the prefix of C(@address). libvirt keeps a netmask where one was given.

    :arg classes: where neither is stated, the length follows from the address's class, as of old; otherwise it is 0.
    """

    reads_absence = True

    def __init__(self, classes: bool) -> None:
        super().__init__(0, 128)
        self.classes = classes

    def read(self, element: xml.Element, path: str) -> int | None:
        netmask = xml.get(element, "@netmask")
        if netmask:
            return ipaddress.ip_network(f"0.0.0.0/{netmask}").prefixlen
        length = super().read(element, path)
        return self._unstated(xml.get(element, "@address")) if length is None else length

    def _unstated(self, text: str | None) -> int | None:
        if not text:
            return None
        address = ipaddress.ip_address(text)
        if address.is_unspecified or not self.classes:
            return 0
        first = address.packed[0]
        return 64 if address.version == 6 else 8 if first < 128 else 16 if first < 192 else 24

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        xml.drop(element, "@netmask")
        super().write(element, path, value)

    def clear(self, element: xml.Element, path: str) -> None:
        for attribute in ("netmask", "family"):  # the family follows from the address
            xml.clear(element, f"@{attribute}")
        super().clear(element, path)


class Lease(Int):
    """The time for which dnsmasq leases an address, in seconds; 0 for ever. An element, with a unit in XML."""

    _SECONDS: t.ClassVar[dict[str, int]] = {"seconds": 1, "minutes": 60, "hours": 3600}

    def parse(self, value: t.Any) -> int:
        seconds = int(value)
        if seconds < 0 or 0 < seconds < 120:
            raise ValueError(f"{seconds} is too short; at least 120 seconds, or 0 for a lease that does not end")
        return seconds

    def read(self, element: xml.Element, path: str) -> int | None:
        expiry = xml.get(element, f"{path}/@expiry")
        return None if expiry is None else int(expiry) * self._SECONDS[xml.get(element, f"{path}/@unit") or "minutes"]

    def write(self, element: xml.Element, path: str, value: t.Any) -> None:
        xml.put(element, f"{path}/@expiry", str(value))
        xml.put(element, f"{path}/@unit", "seconds")

    def clear(self, element: xml.Element, path: str) -> None:
        for attribute in ("expiry", "unit"):
            xml.clear(element, f"{path}/@{attribute}")


class Machine(Codec):
    """A machine type. libvirt pins an alias (V(q35)) to the version it had when the guest was defined."""

    _PINNED = (("pc-q35-", "q35"), ("pc-i440fx-", "pc"), ("virt-", "virt"), ("pseries-", "pseries"))

    def same(self, current: t.Any, desired: t.Any) -> bool:
        return current == desired or any(
            desired == alias and (current or "").startswith(prefix) for prefix, alias in self._PINNED
        )


class Mode(Codec):
    """Permission bits as an octal string: V('0644')."""

    def parse(self, value: t.Any) -> str:
        text = str(value)
        if not re.fullmatch(r"(0o?)?[0-7]{3,4}", text):
            raise ValueError(f"{value!r} is not a mode; an octal string like '0644' (quote it in YAML)")
        return format(int(text.replace("o", ""), 8), "04o")

    def decode(self, text: str) -> str:
        return format(int(text, 8), "04o")


TEXT = Codec()
NAME = Name()
PATH = AbsolutePath()
DIRECTORY = DirectoryPath()
INT = Int()
NUMBER = Number()
NUMBERS = Numbers()
YES = Bool("yes", "no")
ON = Bool("on", "off")
PRESENT = Presence()
UUID = Uuid()
MAC = Mac()
ADDRESS = Address()
MODE = Mode()
