#!/usr/bin/env bash
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

if [[ $# -gt 0 ]]; then
    echo "./demo.sh (it takes no arguments): brings up a lab of two hosts, makes KVM hosts of them and starts a guest on each."
    [[ $1 =~ ^(-h|--help)$ ]]
    exit
fi

source "$(dirname "${BASH_SOURCE[0]}")/tests/setup/lib.sh"
cd "$top"

need_root "bring up the lab"
need_namespaces
setup

say "Bringing up the lab: two machines with Debian 13, hv1 and hv2, and an image for their guests"
tests/lab/lab up hv1 hv2
image=$(tests/lab/lab image tiny)
mkdir -p "$cache/demo"
tests/lab/lab inventory >"$cache/demo/inventory.yml"

say "Running playbooks/demo.yml on them, from the installed collection"
# The lab's hosts may have a /dev/kvm that cannot run these guests (a machine that is virtual itself): they are emulated.
export ANSIBLE_CALLBACK_RESULT_FORMAT=yaml
ansible-playbook hypervise.kvm.demo --inventory "$cache/demo/inventory.yml" \
    --extra-vars "demo_image_dir=$image" --extra-vars demo_guest_type=qemu

say "The lab stays up. Run ./demo.sh again to see that nothing changes; take the lab away with: tests/lab/lab down"
