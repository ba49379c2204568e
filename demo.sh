#!/usr/bin/env bash
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

if [[ $# -gt 0 ]]; then
    echo "./demo.sh (it takes no arguments): brings up a lab of two hosts, makes KVM hosts of them, starts a guest on each, and has one survive its host."
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
    --extra-vars "demo_image_dir=$image" --extra-vars demo_guest_type=qemu \
    --extra-vars '{"host_ssh_peers": ["hv1", "hv2"]}'

# The second half: a guest survives its host. Once it has, there is nothing left to do.
cat >"$cache/demo/plan.yml" <<END
disaster_recovery_plan:
  name: demo
  sites:
    - {name: here, hosts: [hv1], repository: /srv/replica}
    - {name: there, hosts: [hv2], repository: /srv/replica}
  guests:
    - {name: demo-shop, hosts: {here: hv1, there: hv2}}
  ready: {agent: true, timeout: 300}
  rto: 300
END
recover() { ansible-playbook "hypervise.kvm.$1" --inventory "$cache/demo/inventory.yml" --extra-vars "@$cache/demo/plan.yml" "${@:2}"; }
if [[ $(tests/lab/lab ssh hv2 "virsh domstate demo-shop 2>/dev/null || true") == running* ]]; then
    say "demo-shop runs on hv2, where it came up after hv1 had lost its power in an earlier run"
else
    say "Starting a third guest, demo-shop, on hv1, and having a restore point of it on hv2"
    recover demo_shop --extra-vars demo_guest_type=qemu
    say "Pulling the plug of hv1"
    tests/lab/lab power-off hv1
    say "Bringing demo-shop up on hv2"
    recover dr_failover --extra-vars disaster_recovery_disaster=true --extra-vars disaster_recovery_fenced=hv1
    say "What demo-shop had written:"
    ansible hv2 --inventory "$cache/demo/inventory.yml" --become --module-name hypervise.kvm.guest_exec \
        --args '{"domain": "demo-shop", "argv": ["head", "-n", "1", "/dev/vda"]}' | grep --only-matching "sold: .*apples.*pears"
    say "Giving hv1 its power back"
    tests/lab/lab power-on hv1
fi

say "The lab stays up. Run ./demo.sh again to see that nothing changes; take the lab away with: tests/lab/lab down"
