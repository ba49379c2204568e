#!/usr/bin/env bash
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

usage() {
    cat <<'END'
./test.sh [TIER] [--keep] [PATTERN …] [OPTION …]

Installs what the tests need and runs them.
  TIER      static       the tools that judge the tree: sanity, lint, types, documentation, packaging
            unit         fast, without root: pure functions and libvirt's own test driver
            integration  the modules against real libvirt and QEMU on the lab's hosts
            lab          the lab itself, and the roles on its hosts
            all          these four, in this order; what runs if no tier is named
  PATTERN   runs the tests whose name contains it (or one of several)
  OPTION    anything else goes to pytest as it stands
  --keep    leaves the lab of the tests up (HYPERVISE_LAB=test tests/lab/lab status)
END
}

source "$(dirname "${BASH_SOURCE[0]}")/tests/setup/lib.sh"
cd "$top"

keep=
tier=all
if [[ ${1:-} =~ ^(-h|--help)$ ]]; then usage; exit; fi
for word in "$@"; do
    shift
    if [[ $word == --keep ]]; then keep=yes; else set -- "$@" "$word"; fi
done
if [[ ${1:-} =~ ^(static|unit|integration|lab|all)$ ]]; then tier=$1; shift; fi
if [[ $# -gt 0 && $1 != -* ]]; then
    patterns=$1; shift
    while [[ $# -gt 0 && $1 != -* ]]; do patterns+=" or $1"; shift; done
    set -- -k "$patterns" "$@"
fi

# A lab of our own beside the one that demo.sh or a developer has up.
export HYPERVISE_LAB=${HYPERVISE_LAB:-test}
if [[ -d ../shared/corpus ]]; then export HYPERVISE_XML_CORPUS=${HYPERVISE_XML_CORPUS:-$top/../shared/corpus}; fi
export HYPOTHESIS_STORAGE_DIRECTORY=$cache/hypothesis

if [[ $tier =~ ^(integration|lab|all)$ ]]; then
    need_root "bring up the lab"
    need_namespaces
else
    keep=yes
fi
setup
# Quietly: what is read last should be pytest's own closing line.
[[ $keep ]] || trap 'tests/lab/lab down >"$cache/lab-down.log" 2>&1 || cat "$cache/lab-down.log" >&2' EXIT

case $tier in
    all) paths=(tests/static tests/unit tests/integration tests/lab) ;;
    *) paths=("tests/$tier") ;;
esac
if [[ $tier =~ ^(unit|integration|all)$ ]]; then set -- --cov "$@"; fi
# The hosts side by side, and beside them what needs none: see tests/conftest.py.
if [[ $tier == integration ]]; then set -- --numprocesses 2 "$@"; fi
if [[ $tier == all ]]; then set -- --numprocesses 3 "$@"; fi

say "Running the tests: $tier"
pytest -v -rsx --durations=15 --durations-min=1 "${paths[@]}" "$@"
