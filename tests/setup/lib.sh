# shellcheck shell=bash
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What test.sh and demo.sh share: look at the machine, install what is missing, put the collection where Ansible finds it.
# Everything that is made lands in .cache of the checkout; a second call finds it there and does nothing.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=$top/.cache
mkdir -p "$cache"

# A bare Debian has no locale set, and Ansible wants UTF-8.
export LC_ALL=C.UTF-8
# The environment's own tools first, then the system's: no pyenv, conda or ~/.local in between.
export PATH=$cache/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export ANSIBLE_PIPELINING=true
# git refuses to look at a checkout that is another user's, which it is when root tests in a user's.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

say() { printf '\n==> %s\n' "$*"; }

die() {
    printf '\n%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

need_debian() {
    local ID='' VERSION_ID='' PRETTY_NAME='an unknown system'
    # shellcheck source=/dev/null
    if [[ -r /etc/os-release ]]; then . /etc/os-release; fi
    [[ $ID == debian && $VERSION_ID =~ ^1[23]$ ]] || die "this runs on Debian 12 or 13, and here is $PRETTY_NAME."
}

need_root() {
    [[ $EUID == 0 ]] || die "only root can $*: run it as root."
}

need_namespaces() {
    unshare --mount --net --pid --uts --ipc --fork true 2>/dev/null ||
        die "this machine refuses new namespaces, which the lab's hosts are made of (an unprivileged container?)."
}

# quietly SENTENCE COMMAND …: runs what talks much and matters only when it fails; the sentence is for that.
quietly() {
    local sentence=$1
    shift
    "$@" >"$cache/log" 2>&1 || {
        tail -n 5 "$cache/log" >&2
        die "$sentence (the end of what ${1##*/} said is above, the rest in $cache/log)"
    }
}

# One at a time: two runs in one checkout would build the same things at once.
lock() {
    exec {lock}>"$cache/lock"
    flock -n "$lock" || { say "Waiting for another run in this checkout to finish its setup"; flock "$lock"; }
}

unlock() { exec {lock}>&-; }

apt_install() {
    local package missing=()
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    need_root "install the packages ${missing[*]}"
    say "Installing packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    quietly "Debian's package mirror cannot be reached: is there a network?" \
        apt-get -qq -o APT::Update::Error-Mode=any update
    quietly "the packages cannot be installed." apt-get -qq install --no-install-recommends "${missing[@]}"
}

# The virtual environment with the pinned tools, made anew when the pins or the system's Python change.
venv() {
    local made_from module
    made_from=$(cat "$top/tests/requirements.txt" <(/usr/bin/python3 --version) | sha256sum)
    [[ $made_from != "$(cat "$cache/venv/made_from" 2>/dev/null)" ]] || return 0
    say "Making the virtual environment .cache/venv with the pinned tools (about a minute)"
    quietly "the virtual environment cannot be made." /usr/bin/python3 -m venv --clear "$cache/venv"
    quietly "the tools cannot be installed from PyPI: is there a network?" \
        "$cache/venv/bin/pip" install --disable-pip-version-check --retries 1 --requirement "$top/tests/requirements.txt"
    # Debian's libvirt and lxml, as on a managed host, and nothing else of Debian's: --system-site-packages would let in
    # whatever a machine has (an Ansible, pytest plugins) and leave out of the environment what looks installed already.
    for module in /usr/lib/python3/dist-packages/{lxml,libvirt*.py,libvirtmod*.so}; do
        ln -s "$module" "$cache"/venv/lib/python3.*/site-packages/
    done
    printf '%s' "$made_from" >"$cache/venv/made_from"
}

# The checkout as git would commit it now (new files too, ignored ones not), written down as a tree of git's; prints its
# id. The index and the objects go to the cache: the user's own repository is only read.
snapshot() (
    cd "$top"
    GIT_ALTERNATE_OBJECT_DIRECTORIES=$(git rev-parse --path-format=absolute --git-path objects)
    mkdir -p "$cache/git/objects"
    export GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_OBJECT_DIRECTORY=$cache/git/objects GIT_INDEX_FILE=$cache/git/index
    git add --all .
    tree=$(git write-tree)
    if [[ ${1:-} ]]; then git archive "$tree" | tar -x -C "$1"; fi
    printf '%s' "$tree"
)

# The collection as it is now, in what it is needed as:
#   .cache/current/collections  built and installed as a user would: what playbooks run
#   .cache/current/dist         the tarball it was installed from
#   .cache/current/tree         a copy of the tree at the path that Ansible's own checkers insist on, and a repository,
#                               since those ask git for its files and would find the checkout's, where .cache is ignored
#   .cache/src                  the checkout's plugins by their full Python name, for unit tests and types
# Each state of the tree has its own, so that a run goes on with what it began with while the next one builds.
collection() {
    local name=ansible_collections/hypervise/kvm tree built new
    mkdir -p "$cache/src/$name"
    ln -sfn "$top/plugins" "$cache/src/$name/plugins"

    tree=$(snapshot)
    built=$cache/built/$tree
    if [[ ! -d $built ]]; then
        say "Building the collection and installing it into .cache/current"
        new=$cache/built/new
        rm -rf "$new"
        mkdir -p "$new/tree/$name"
        snapshot "$new/tree/$name" >/dev/null
        git -C "$new/tree/$name" init --quiet
        git -C "$new/tree/$name" add --all
        quietly "the collection cannot be built." \
            ansible-galaxy collection build --output-path "$new/dist" "$top"
        ANSIBLE_COLLECTIONS_PATH=$new/collections quietly "the collection cannot be installed." \
            ansible-galaxy collection install --offline --collections-path "$new/collections" "$new"/dist/*.tar.gz
        mv "$new" "$built"
    fi
    touch "$built"
    ln -sfn "built/$tree" "$cache/current"
    find "$cache/built" -mindepth 1 -maxdepth 1 -mmin +300 -exec rm -rf {} +  # no run takes that long

    # This collection, and no other that the user may have installed. molecule and ansible-lint put ANSIBLE_HOME before
    # the path, and molecule installs the collection there. Sockets stay where a path is short enough for them.
    export ANSIBLE_COLLECTIONS_PATH=$built/collections ANSIBLE_HOME=$built ANSIBLE_SSH_CONTROL_PATH_DIR=~/.ansible/cp
}

setup() {
    need_debian
    apt_install git python3-venv python3-libvirt python3-lxml openssh-client
    lock
    venv
    collection
    unlock
}
