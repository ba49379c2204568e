# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as a page: a table of the guests, a bar for each phase on a common time scale, and earlier runs."""

from __future__ import annotations

import html
import time
import typing as t

from ansible_collections.hypervise.kvm.plugins.module_utils.recovery.status import duration

Told = t.Mapping[str, t.Any]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; }
th, td { text-align: left; padding: .3em .7em; border-bottom: 1px solid #ddd; }
.bad { color: #b00020; font-weight: 600; } .good { color: #1b6e3c; font-weight: 600; }
.time { position: relative; height: 1.4em; background: #f4f4f4; }
.time span { position: absolute; top: 0; height: 100%; background: #5b8def; border-left: 1px solid #fff;
  overflow: hidden; font-size: 11px; color: #fff; min-width: 2px; box-sizing: border-box; }
.time .failed { background: #b00020; }
"""


def page(told: Told, history: t.Sequence[Told]) -> str:
    """Return the page of a run, with links to those before it."""
    title = f"{told['plan']}: {told['mode']}"
    problems = "".join(f"<li>{_safe(problem)}</li>" for problem in told["problems"])
    parts = [
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{_safe(title)}</title>",
        f"<style>{_STYLE}</style></head><body><h1>{_safe(title)}</h1>",
        f"<p>{_when(told['at'])}, {duration(told['seconds'])}. {_verdict(told['ok'])}</p>",
        f"<ul class='bad'>{problems}</ul>" if problems else "",
        _guests(told["guests"]),
        _timeline(told),
        _past(history),
        "</body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _guests(guests: t.Sequence[Told]) -> str:
    heads = ("Guest", "Active before", "RPO", "RPO target", "RTO", "RTO target")
    rows = [
        (
            _safe(guest["name"]),
            _safe(guest["active"]),
            _measure(guest["lag"], guest["rpo_met"]),
            _time(guest["rpo"]),
            _measure(guest.get("away"), guest.get("rto_met")),
            _time(guest["rto"]),
        )
        for guest in guests
    ]
    return _table(heads, rows)


def _timeline(told: Told) -> str:
    """Return a row for each guest, and one for what is of no guest, with a bar for each of its phases."""
    steps = told["steps"]
    if not steps:
        return ""
    first, last = min(step["started"] for step in steps), max(step["ended"] for step in steps)
    scale = 100 / max(last - first, 0.001)
    rows = []
    for name in dict.fromkeys(step["guest"] for step in steps):
        bars = [
            f"<span class='{'failed' if step['failed'] else ''}' title='{_safe(_hint(step))}' "
            f"style='left:{(step['started'] - first) * scale:.2f}%;"
            f"width:{(step['ended'] - step['started']) * scale:.2f}%'>{_safe(step['phase'])}</span>"
            for step in steps
            if step["guest"] == name
        ]
        rows.append((_safe(name or "hosts"), f"<div class='time'>{''.join(bars)}</div>"))
    return f"<h2>Timeline</h2>{_table(('', f'{_when(first)} to {_when(last)}'), rows)}"


def _hint(step: Told) -> str:
    return f"{step['phase']} on {step['host']}: {duration(step['ended'] - step['started'])} {step['msg']}"


def _past(history: t.Sequence[Told]) -> str:
    rows = [
        (
            f"<a href='{_safe(told['page'])}'>{_when(told['at'])}</a>",
            _safe(told["mode"]),
            duration(told["seconds"]),
            _verdict(told["ok"]),
        )
        for told in history
    ]
    return f"<h2>History</h2>{_table(('When', 'What', 'Took', ''), rows)}"


def _table(heads: t.Sequence[str], rows: t.Iterable[t.Sequence[str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _measure(seconds: float | None, met: bool | None) -> str:
    told = "none" if seconds is None and met is False else _time(seconds)
    return told if met is None else f"<span class='{'good' if met else 'bad'}'>{told}</span>"


def _time(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)


def _when(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(moment))


def _verdict(ok: bool) -> str:
    return "<span class='good'>All is well</span>" if ok else "<span class='bad'>Not all is well</span>"


def _safe(text: str) -> str:
    return html.escape(str(text), quote=True)
