# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates: the controller's part. That of the host is run by the molecule scenario of the role host."""

from __future__ import annotations

import dataclasses
import datetime
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import Refused
from ansible_collections.hypervise.kvm.plugins.plugin_utils import certificates
from ansible_collections.hypervise.kvm.plugins.plugin_utils.authority import Files

NOW = datetime.datetime.now(datetime.UTC)
WISH = certificates.Wish("/etc/pki/server.pem", "server", ("hv1", "192.0.2.1", "2001:db8::1"), 365, 30)


class Estate:
    """An authority, and a host that has a key and a certificate of it."""

    def __init__(self, directory: Path) -> None:
        self.files = Files(str(directory / "ca.pem"), str(directory / "ca.key"))
        self.authority = self.files.make("the authority")
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.certificate = self.signed(WISH)

    def signed(self, wish: certificates.Wish) -> x509.Certificate:
        """A certificate for the host's key."""
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(self.key, hashes.SHA256())
        found = certificates.parse(self.files.sign(self.authority[0], request, wish))
        assert found
        return found

    def reasons(self, wish: certificates.Wish = WISH, now: datetime.datetime = NOW) -> list[str]:
        """Why the host's certificate is due."""
        form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        public_key = self.key.public_key().public_bytes(*form).decode()
        return certificates.reasons(self.certificate, public_key, self.authority, wish, now)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return Estate(tmp_path_factory.mktemp("ca"))


def test_what_was_signed_is_not_due(estate: Estate) -> None:
    assert estate.reasons() == []
    assert estate.reasons(dataclasses.replace(WISH, names=WISH.names[::-1])) == []
    told = certificates.describe(estate.certificate)
    assert (told["purpose"], told["names"]) == ("server", sorted(WISH.names))


def test_each_reason(estate: Estate, tmp_path: Path) -> None:
    late = NOW + datetime.timedelta(days=340)
    assert estate.reasons(now=late) == [f"it expires on {NOW + datetime.timedelta(days=365):%Y-%m-%d}"]
    assert estate.reasons(dataclasses.replace(WISH, purpose="client")) == ["its purpose is server"]
    assert estate.reasons(dataclasses.replace(WISH, names=("hv2",))) == ["its names are 192.0.2.1, 2001:db8::1, hv1"]
    other = Estate(tmp_path)
    other.certificate = estate.certificate
    assert other.reasons() == ["it is of another key", "it is of another authority"]
    assert certificates.reasons(None, None, estate.authority, WISH, NOW) == ["there is no key"]


def test_a_certificate_never_outlives_its_authority(estate: Estate) -> None:
    found = estate.signed(dataclasses.replace(WISH, valid_days=36500))
    assert found.not_valid_after_utc == estate.authority[0].not_valid_after_utc


def test_an_authority_about_to_expire_is_not_signed_with(estate: Estate) -> None:
    seen = {"certificates": [{"certificate": None, "public_key": None, "key_is_kept": False}]}
    with pytest.raises(Refused, match="the authority itself expires"):
        certificates.decide(seen, [WISH], estate.authority, "", NOW + datetime.timedelta(days=3640))


def test_an_authority_is_not_forgotten_unasked(estate: Estate, tmp_path: Path) -> None:
    old, new = Path(estate.files.certificate).read_text(), Estate(tmp_path)
    assert not certificates.trust(old, estate.authority, "/ca", replace=False)
    assert certificates.trust(None, estate.authority, "/ca", replace=False)
    with pytest.raises(Refused, match=r"/ca: this host trusts another authority now \(CN=the authority\)"):
        certificates.trust(old, new.authority, "/ca", replace=False)
    assert certificates.trust(old, new.authority, "/ca", replace=True)
    # both, while hosts go over from the one to the other
    assert certificates.trust(old, new.authority + estate.authority, "/ca", replace=False)
    both = old + Path(new.files.certificate).read_text()
    assert not certificates.trust(both, new.authority, "/ca", replace=False)


def test_an_authority_is_made_once_and_kept(tmp_path: Path) -> None:
    files = Files(str(tmp_path / "new/ca.pem"), str(tmp_path / "new/ca.key"), "secret")
    made = files.make("one")
    assert files.make("another") == made == files.load()
    assert stat.S_IMODE((tmp_path / "new/ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert "ENCRYPTED" in (tmp_path / "new/ca.key").read_text()
    (tmp_path / "new/ca.pem").unlink()  # as where a run was killed between the two
    key = serialization.load_pem_private_key((tmp_path / "new/ca.key").read_bytes(), b"secret")
    assert certificates.fingerprint(files.make("one")[0].public_key()) == certificates.fingerprint(key.public_key())


def test_a_wrong_passphrase_and_a_wrong_key(estate: Estate, tmp_path: Path) -> None:
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(estate.key, hashes.SHA256())
    other = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    for name, encryption, says in (
        ("other", serialization.NoEncryption(), "is not the key of"),
        ("locked", serialization.BestAvailableEncryption(b"x"), "ca.passphrase is not the one"),
    ):
        (tmp_path / name).write_bytes(other.private_bytes(*form, encryption))
        with pytest.raises(Refused, match=says):
            Files(estate.files.certificate, str(tmp_path / name)).sign(estate.authority[0], request, WISH)
    with pytest.raises(Refused, match="the key of the authority cannot be read"):
        Files(estate.files.certificate, str(tmp_path / "none")).sign(estate.authority[0], request, WISH)


def test_no_key_in_clear_in_a_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    place = (str(tmp_path / "pki/ca.pem"), str(tmp_path / "pki/ca.key"))
    with pytest.raises(Refused, match="a private key in clear in the git checkout"):
        Files(*place).refuse_to_publish()
    Files(*place, passphrase="secret").refuse_to_publish()


def test_what_is_no_authority(estate: Estate, tmp_path: Path) -> None:
    path = tmp_path / "server.pem"
    path.write_bytes(estate.certificate.public_bytes(serialization.Encoding.PEM))
    with pytest.raises(Refused, match="is not that of an authority"):
        Files(str(path), "").load()
    path.write_text("nonsense")
    with pytest.raises(Refused, match="cannot be read as a certificate"):
        Files(str(path), "").load()
