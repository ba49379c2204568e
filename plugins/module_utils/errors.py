# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way in which work can fail, as a sentence for a person and as data for a playbook."""

from __future__ import annotations

import typing as t


class KvmError(Exception):
    """Base of all errors that reach a user.

    :arg message: one sentence: which object, which operation, what is wrong.
    :arg hint: what to do next.
    :arg details: further facts, merged into the structured form.
    """

    def __init__(self, message: str, hint: str = "", **details: t.Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def result(self) -> dict[str, t.Any]:
        """Return the arguments of C(fail_json): RV(msg) for people, RV(error) for playbooks."""
        msg = self.message if not self.hint else f"{self.message} {self.hint}"
        return {"msg": msg, "error": {"type": type(self).__name__, "hint": self.hint, **self.details}}


class InvalidSpec(KvmError):
    """The wish itself is wrong. Raised with every problem found, before anything is touched."""

    def __init__(self, problems: t.Sequence[tuple[str, str]]) -> None:
        listed = [{"option": option, "message": message} for option, message in problems]
        text = "; ".join(f"{option}: {message}" for option, message in problems)
        super().__init__(f"Invalid options: {text}", problems=listed)


class Refused(KvmError):
    """The wish is well formed, but granting it would harm something or cannot work on this host."""


class ConnectionFailed(KvmError):
    """The hypervisor cannot be reached or does not let us in."""


class OperationFailed(KvmError):
    """libvirt refused or failed an operation. C(details['libvirt']) holds its code, name and message."""


class NotFound(OperationFailed):
    """The object does not exist."""


class Unsupported(OperationFailed):
    """This libvirt, QEMU or guest cannot do it (while it is running)."""


class Timeout(KvmError):
    """Something did not become true in the time allowed; the details tell the state it is in."""


class InternalError(KvmError):
    """A defect of this collection, never of the user."""
