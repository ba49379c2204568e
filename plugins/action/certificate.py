# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has keys made on a host and certified on the controller: no private key ever travels."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

try:
    from cryptography import x509

    from ansible_collections.hypervise.kvm.plugins.plugin_utils import certificates
    from ansible_collections.hypervise.kvm.plugins.plugin_utils.authority import Files
except ImportError:  # it comes with ansible-core
    MISSING = True
else:
    MISSING = False

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import KvmError, Refused

MODULE = "hypervise.kvm.certificate"

Result = dict[str, t.Any]


class _ModuleFailed(Exception):
    """The module failed on the host; its result says it all."""


class ActionModule(ActionBase):
    """Looks, decides, and only then has keys made, signs what they ask for, and brings the certificates."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Return what became of the certificates."""
        result: Result = super().run(tmp, task_vars)
        self._task_vars = task_vars
        try:
            if MISSING:
                raise Refused("The Python of this controller has no cryptography.", "Install python3-cryptography.")
            return {**result, **self._converge()}
        except _ModuleFailed as failed:
            return {**result, **failed.args[0]}
        except KvmError as error:
            return {**result, "failed": True, **error.result()}
        except AnsibleError as error:
            return {**result, "failed": True, "msg": str(error.message)}

    def _converge(self) -> Result:
        seen = self._on_host("observe")
        stated = seen["options"]
        files = self._files(stated["ca"])
        wishes = [
            certificates.Wish(each["dest"], each["purpose"], tuple(stated["names"]), *_days(stated))
            for each in stated["certificates"]
        ]
        authority = files.load()
        if not authority:
            self._may_make(files, stated["ca"])
        tell = certificates.trust(seen["ca"], authority, stated["ca"]["dest"], stated["ca"]["replace"])
        now = datetime.datetime.now(datetime.timezone.utc)
        plan, due = certificates.decide(seen, wishes, authority, stated["ca"]["name"], now)
        if tell:
            before = certificates.parse(seen["ca"])
            after = authority[0].subject.rfc4514_string() if authority else f"CN={stated['ca']['name']}"
            plan.change(stated["ca"]["dest"], before and before.subject.rfc4514_string(), after)
        if plan.changed and not self._task.check_mode:
            authority = authority or files.make(stated["ca"]["name"])
            asked = self._on_host("request")
            issued = {
                wish.dest: files.sign(authority[0], x509.load_pem_x509_csr(request.encode()), wish)
                for wish, request in zip(wishes, asked["requests"])
                if wish.dest in due
            }
            trusted = self._read(files.certificate) if tell else ""
            seen = self._on_host("install", _issued={"ca": trusted, "certificates": issued})
        there = [
            {"dest": wish.dest, "due": due.get(wish.dest, []), **certificates.describe(found)}
            for wish, each in zip(wishes, seen["certificates"])
            if (found := certificates.parse(each["certificate"]))
        ]
        told = plan.result()
        return {key: told[key] for key in ("changed", "changes", "diff")} | {"certificates": there}

    def _files(self, stated: t.Mapping[str, t.Any]) -> Files:
        secret = (self._task.args.get("ca") or {}).get("passphrase")  # the module's result does not hold it
        certificate, key = (os.path.abspath(self._loader.path_dwim(stated[name])) for name in ("certificate", "key"))
        return Files(certificate, key, str(secret or ""))

    def _may_make(self, files: Files, stated: t.Mapping[str, t.Any]) -> None:
        if not stated["create"]:
            raise Refused(
                f"ca.certificate: there is no {files.certificate} on the controller.",
                "Correct the path, or state ca.create=true to have an authority made.",
            )
        files.refuse_to_publish()

    def _on_host(self, step: str, **more: t.Any) -> Result:
        options = {**self._task.args, "_step": step, **more}
        if isinstance(options.get("ca"), dict):
            options["ca"] = {key: value for key, value in options["ca"].items() if key != "passphrase"}
        result: Result = self._execute_module(module_name=MODULE, module_args=options, task_vars=self._task_vars)
        if result.get("failed"):
            raise _ModuleFailed(result)
        return result

    @staticmethod
    def _read(path: str) -> str:
        with open(path, encoding="utf-8") as file:
            return file.read()


def _days(stated: t.Mapping[str, t.Any]) -> tuple[int, int]:
    return stated["valid_days"], stated["renew_days"]
