# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority on the controller: loaded or made, and signing.

Its private key is read here, in Ansible's own process, and goes nowhere else: not to hosts, not into argv or results.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import typing as t
from dataclasses import dataclass

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.module_utils.files import replacing
from ansible_collections.hypervise.kvm.plugins.plugin_utils.certificates import Wish, add_extensions, fingerprint

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ed448, ed25519, rsa
    from cryptography.x509.oid import NameOID
except ImportError:
    pass  # ansible-core brings it; ansible-test looks at this file without

_LIFETIME = datetime.timedelta(days=3650)
_SKEW = datetime.timedelta(hours=1)  # by which the clock of a host may be slow


@dataclass(frozen=True)
class Files:
    """Where an authority is, on the controller."""

    certificate: str
    key: str
    passphrase: str = ""

    def load(self) -> list[x509.Certificate]:
        """Return the certificates, the authority's own first; none where there are none.

        :raises Refused: where they are no certificates of an authority.
        """
        if not os.path.exists(self.certificate):
            return []
        try:
            with open(self.certificate, "rb") as file:
                found = x509.load_pem_x509_certificates(file.read())
        except (OSError, ValueError) as error:
            raise Refused(f"ca.certificate: {self.certificate} cannot be read as a certificate: {error}") from error
        try:
            is_authority = found[0].extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            is_authority = False
        if not is_authority:
            raise Refused(
                f"ca.certificate: the first certificate of {self.certificate} is not that of an authority.",
                "Put the certificate that signs first, those above it after it.",
            )
        return found

    def make(self, name: str) -> list[x509.Certificate]:
        """Make the authority, unless another process of this run was quicker; return its certificates."""
        directory = os.path.dirname(self.certificate)
        os.makedirs(directory, mode=0o700, exist_ok=True)
        os.makedirs(os.path.dirname(self.key), mode=0o700, exist_ok=True)
        held = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not os.path.exists(self.key):
                self._make_key()
            if not os.path.exists(self.certificate):  # or a run was killed here
                _write(self.certificate, _self_signed(self._private_key(), name), 0o644)
            return self.load()
        finally:
            os.close(held)

    def refuse_to_publish(self) -> None:
        """Refuse to make a key that the next C(git add) would take along.

        :raises Refused: where that is so.
        """
        at = os.path.dirname(self.key)
        while not self.passphrase and at != os.path.dirname(at):
            if os.path.exists(os.path.join(at, ".git")):
                raise Refused(
                    f"ca.key: {self.key} would be a private key in clear in the git checkout {at}.",
                    "Name a place outside of it, or state ca.passphrase (from a vault) to have the key encrypted.",
                )
            at = os.path.dirname(at)

    def sign(self, issuer: x509.Certificate, request: x509.CertificateSigningRequest, wish: Wish) -> str:
        """Return a certificate for the key that a host asks it for. Its content is what we wish, not what was asked.

        :raises Refused: where the request or the authority's own key is not what it should be.
        """
        key = self._private_key()
        if fingerprint(key.public_key()) != fingerprint(issuer.public_key()):
            raise Refused(f"ca.key: {self.key} is not the key of {self.certificate}.")
        if not request.is_signature_valid:
            raise Refused(f"{wish.dest}: the host does not hold the key that it asks a certificate for.")
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(wish.names[0]))
            .issuer_name(issuer.subject)
            .public_key(request.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(min(now + datetime.timedelta(days=wish.valid_days), issuer.not_valid_after_utc))
        )
        return _pem(add_extensions(builder, wish, issuer.public_key(), request.public_key()).sign(key, _digest(key)))

    def _make_key(self) -> None:
        # RSA: what every GnuTLS, OpenSSL and policy of a company takes
        key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if self.passphrase:
            encryption = serialization.BestAvailableEncryption(self.passphrase.encode())
        form = serialization.PrivateFormat.PKCS8
        _write(self.key, key.private_bytes(serialization.Encoding.PEM, form, encryption).decode(), 0o600)

    def _private_key(self) -> t.Any:
        try:
            with open(self.key, "rb") as file:
                return serialization.load_pem_private_key(file.read(), self.passphrase.encode() or None)
        except OSError as error:
            raise Refused(
                f"ca.key: certificates have to be signed, and the key of the authority cannot be read: {error}."
            ) from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Refused(
                f"ca.key: {self.key} is no private key that can be read, or ca.passphrase is not the one it needs."
            ) from error


def _self_signed(key: t.Any, name: str) -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = dict.fromkeys(
        (
            "digital_signature content_commitment key_encipherment data_encipherment key_agreement encipher_only "
            "decipher_only"
        ).split(),
        False,
    )
    return _pem(
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, _digest(key))
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _digest(key: t.Any) -> t.Any:
    return None if isinstance(key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)) else hashes.SHA256()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _write(path: str, text: str, mode: int) -> None:
    with replacing(path) as file:
        file.write(text.encode())
        os.fchmod(file.fileno(), mode)
