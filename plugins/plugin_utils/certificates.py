# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of a host: what is wished, what is wrong with those that are there. Pure; the clock is handed in."""

from __future__ import annotations

import datetime
import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.plan import Plan

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import ExtendedKeyUsageOID
except ImportError:
    pass  # ansible-core brings it; ansible-test looks at this file without
else:
    _PURPOSES = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}


@dataclass(frozen=True)
class Wish:
    """One certificate as it should be."""

    dest: str
    purpose: str
    names: tuple[str, ...]
    valid_days: int
    renew_days: int

    def describe(self, issuer: str) -> dict[str, t.Any]:
        """Return it in the words of a diff."""
        return {"issuer": issuer, "names": list(self.names), "purpose": self.purpose, "valid_days": self.valid_days}


def decide(
    seen: t.Mapping[str, t.Any],
    wishes: t.Sequence[Wish],
    authority: t.Sequence[x509.Certificate],
    authority_name: str,
    now: datetime.datetime,
) -> tuple[Plan, dict[str, list[str]]]:
    """Return what has to be done on a host, and why each certificate is due that is.

    :arg seen: what the module found on the host.
    :arg authority: its certificates; none where it has yet to be made.
    :raises Refused: where the authority cannot give what is wished.
    """
    plan = Plan("certificates")
    issuer = authority[0].subject.rfc4514_string() if authority else f"CN={authority_name}"
    due = {}
    for wish, found in zip(wishes, seen["certificates"]):
        certificate = parse(found["certificate"])
        why = reasons(certificate, found["public_key"], authority, wish, now)
        if why:
            due[wish.dest] = why
            plan.change(wish.dest, certificate and {**describe(certificate), "due": why}, wish.describe(issuer))
        if found["public_key"] and not found["key_is_kept"]:
            plan.change(f"{wish.dest}: owner and mode of its key", "others", "as stated")
    if due and authority:
        _refuse_an_old_authority(authority[0], max(wish.renew_days for wish in wishes), now)
    return plan, due


def reasons(
    certificate: x509.Certificate | None,
    public_key: str | None,
    authority: t.Sequence[x509.Certificate],
    wish: Wish,
    now: datetime.datetime,
) -> list[str]:
    """Return why a certificate has to be made anew; nothing if it has not."""
    if not public_key:
        return ["there is no key"]
    if certificate is None:
        return ["there is no certificate"]
    key = serialization.load_pem_public_key(public_key.encode())
    left = certificate.not_valid_after_utc - now
    checks = [
        (fingerprint(certificate.public_key()) == fingerprint(key), "it is of another key"),
        (_is_issued_by(certificate, authority), "it is of another authority"),
        (_names(certificate) == set(wish.names), f"its names are {', '.join(sorted(_names(certificate))) or 'none'}"),
        (_purposes(certificate) == [wish.purpose], f"its purpose is {', '.join(_purposes(certificate)) or 'none'}"),
        (left > datetime.timedelta(days=wish.renew_days), f"it expires on {certificate.not_valid_after_utc:%Y-%m-%d}"),
    ]
    return [reason for holds, reason in checks if not holds]


def trust(found: str | None, authority: t.Sequence[x509.Certificate], dest: str, replace: bool) -> bool:
    """Return whether a host has yet to be told of the authority.

    :raises Refused: where it would forget one that it trusts now, unasked: that cuts it off from the others.
    """
    trusted = {fingerprint(each.public_key()): each for each in _parse_all(found)}
    ours = {fingerprint(each.public_key()): each for each in authority}
    if ours and all(each in trusted.values() for each in ours.values()):
        return False
    lost = [trusted[key].subject.rfc4514_string() for key in trusted if key not in ours]
    if lost and not replace:
        raise Refused(
            f"{dest}: this host trusts another authority now ({', '.join(lost)}), and would no more.",
            "Name that authority in ca.certificate and ca.key. To go over to the new one: append the old certificate "
            "to ca.certificate until every host has a new one, or state ca.replace=true.",
            trusted=lost,
        )
    return True


def add_extensions(builder: t.Any, wish: Wish, issuer_key: t.Any, key: t.Any) -> t.Any:
    """Add to a certificate what it is for."""
    usage = dict.fromkeys(
        (
            "content_commitment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
        ).split(),
        False,
    )
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        # libvirt before 11.6 and QEMU insist on both
        .add_extension(x509.KeyUsage(digital_signature=True, key_encipherment=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_PURPOSES[wish.purpose]]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in wish.names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def parse(text: str | None) -> x509.Certificate | None:
    """Return the first certificate of a file, if there is one."""
    return next(iter(_parse_all(text)), None)


def describe(certificate: x509.Certificate) -> dict[str, t.Any]:
    """Return a certificate in the words of a result."""
    return {
        "issuer": certificate.issuer.rfc4514_string(),
        "names": sorted(_names(certificate)),
        "purpose": ", ".join(_purposes(certificate)),
        "expires": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
    }


def fingerprint(public_key: t.Any) -> bytes:
    """Return what two equal keys have in common, and no others."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return t.cast(bytes, public_key.public_bytes(serialization.Encoding.DER, form))


def _parse_all(text: str | None) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text.encode()) if text else []
    except ValueError:
        return []  # of no use to anyone: as if it were not there


def _is_issued_by(certificate: x509.Certificate, authority: t.Sequence[x509.Certificate]) -> bool:
    try:
        certificate.verify_directly_issued_by(authority[0])
    except (IndexError, ValueError, TypeError, InvalidSignature):
        return False
    return True


def _names(certificate: x509.Certificate) -> set[str]:
    try:
        stated = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in stated}


def _purposes(certificate: x509.Certificate) -> list[str]:
    try:
        stated = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return []
    return [name for name, oid in _PURPOSES.items() if oid in stated]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _refuse_an_old_authority(authority: x509.Certificate, renew_days: int, now: datetime.datetime) -> None:
    if authority.not_valid_after_utc - now <= datetime.timedelta(days=renew_days):
        raise Refused(
            f"ca.certificate: the authority itself expires on {authority.not_valid_after_utc:%Y-%m-%d}, "
            f"within renew_days ({renew_days}).",
            "Renew it, with the same key: hosts take the new certificate in the next run.",
        )
