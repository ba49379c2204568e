# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that a rule of a network filter matches. Each may be a variable instead: V($IP), V($IP[1]), V($PORT[@2]).

They are kept as their writers wrote them, and compared by what they mean: V(0x16) is V(22), V(255.255.255.0) is V(24).
"""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils import xml
from ansible_collections.hypervise.kvm.plugins.module_utils.schema.codecs import Bool, Codec, Int

_VARIABLE = re.compile(r"\$\s*(?P<name>\w+)\s*(\[\s*(?P<at>@?)(?P<index>\d+)\s*\])?")


class Matched(Codec):
    """A value of a packet, or a variable."""

    def parse(self, value: t.Any) -> str:
        text = str(value).strip()
        self.meaning(text)
        return text

    def same(self, current: t.Any, desired: t.Any) -> bool:
        if current is None:
            return False
        try:
            return bool(self.meaning(current) == self.meaning(desired))
        except ValueError:  # libvirt has what we do not know
            return bool(current == desired)

    def meaning(self, text: str) -> t.Any:
        """Return what two texts have in common that mean the same.

        :raises ValueError: with a sentence that says what is accepted.
        """
        if not text.startswith("$"):
            return self.literal(text)
        match = _VARIABLE.fullmatch(text)
        if not match:
            raise ValueError(f"{text!r} is not a variable like $IP, $IP[1] or $IP[@1]")
        index = (match["at"], int(match["index"])) if match["index"] else ("@", 0)
        return (match["name"], *index)

    def literal(self, text: str) -> t.Any:
        """Return the meaning of what is no variable."""
        return text


class Number(Matched):
    """A number, decimal or hexadecimal, or a word for one."""

    def __init__(self, maximum: int, minimum: int = 0, words: t.Mapping[str, int] | None = None, base: int = 0) -> None:
        self.maximum, self.minimum, self.words, self.base = maximum, minimum, words or {}, base

    def literal(self, text: str) -> int:
        if text.lower() in self.words:
            return self.words[text.lower()]
        try:
            number = int(text, self.base)
        except ValueError as error:
            words = f", nor one of {', '.join(self.words)}" if self.words else ""
            raise ValueError(f"{text!r} is not a number like 26{' or 0x1a' * (not self.base)}{words}") from error
        if not self.minimum <= number <= self.maximum:
            raise ValueError(f"{text} is not between {self.minimum} and {self.maximum}")
        return number


class MacPart(Matched):
    """A MAC address or a mask of one."""

    def literal(self, text: str) -> str:
        if not re.fullmatch(r"[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}", text):
            raise ValueError(f"{text!r} is not a MAC address; six hexadecimal bytes with colons")
        return ":".join(f"{int(part, 16):02x}" for part in text.split(":"))


class IpAddress(Matched):
    """An address of one family."""

    def __init__(self, version: int) -> None:
        self.version = version

    def literal(self, text: str) -> t.Any:
        try:
            address = ipaddress.ip_address(text)
        except ValueError as error:
            raise ValueError(f"{text!r} is not an IP address") from error
        if address.version != self.version:
            raise ValueError(f"{text!r} is not an IPv{self.version} address")
        return address


class IpVariable(Matched):
    """What libvirt takes as a variable alone: to it, the end of a range of IPv6 addresses of receivers is IPv4."""

    def literal(self, text: str) -> t.Any:
        raise ValueError(f"{text!r} is not a variable like $LAST, and libvirt takes nothing else here")


class IpMask(IpAddress):
    """The mask of an address: the length of a prefix, or the mask in full."""

    def literal(self, text: str) -> int:
        bits = 32 if self.version == 4 else 128
        if text.isdigit():
            if int(text) > bits:
                raise ValueError(f"{text} is too large; at most {bits}")
            return int(text)
        digits = f"{int(super().literal(text)):0{bits}b}"
        if "01" in digits:
            raise ValueError(f"{text!r} is not a mask: its ones must come before its zeros")
        return digits.count("1")


class Flags(Matched):
    """Words with commas, in no order that means something."""

    def __init__(self, words: t.Sequence[str], none: str = "") -> None:
        self.words, self.none = words, none

    def literal(self, text: str) -> t.Any:
        if self.none and text == self.none:
            return frozenset()
        words = text.split(",")
        wrong = [word for word in words if word not in self.words]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not one of {', '.join((*self.words, *filter(None, [self.none])))}")
        return frozenset(words)


class TcpFlags(Flags):
    """The flags to look at, and those of them that are set: V(SYN,ACK/SYN)."""

    def __init__(self) -> None:
        super().__init__(("SYN", "ACK", "URG", "PSH", "FIN", "RST"), "NONE")

    def literal(self, text: str) -> t.Any:
        mask, slash, flags = text.partition("/")
        if not slash:
            raise ValueError(f"{text!r} is not like SYN,ACK/SYN: the flags to look at, and those of them that are set")
        return tuple(
            frozenset(self.words) if part == "ALL" else super(TcpFlags, self).literal(part) for part in (mask, flags)
        )


class SetFlags(Matched):
    """Which addresses and ports of a packet are looked up in a set, in the order of its dimensions: V(src,dst)."""

    def literal(self, text: str) -> str:
        if not re.fullmatch(r"(src|dst)(,(src|dst)){0,5}", text.lower()):
            raise ValueError(f"{text!r} is not like src,dst: up to six of these two words")
        return text.lower()


class Pattern(Matched):
    """A text of some form."""

    def __init__(self, pattern: str, form: str) -> None:
        self.pattern, self.form = pattern, form

    def literal(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"{text!r} is not {self.form}")
        return text


class Truth(Bool):
    """A truth for which there are several words."""

    def decode(self, text: str) -> bool:
        return text.lower() in ("true", "yes", "1")


class ChainPriority(Int):
    """The place of a chain among others. libvirt writes all but 0."""

    reads_absence = True

    def read(self, element: xml.Element, path: str) -> int | None:
        return super().read(element, path) or 0


class Comment(Codec):
    """A remark, which is kept with the host's firewall rules."""

    def parse(self, value: t.Any) -> str:
        text = str(value)
        if not 0 < len(text.encode()) <= 255:
            raise ValueError("a comment has 1 to 255 bytes")
        return text


CHAIN = Pattern(
    r"root|(?!.{13})(mac|stp|vlan|arp|rarp|ipv4|ipv6)[\w.:-]*",
    "a chain: root, or mac, stp, vlan, arp, rarp, ipv4 or ipv6, maybe with more of your own, in up to 12 characters",
)
