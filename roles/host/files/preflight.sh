#!/bin/sh
# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What this machine has and lacks for KVM, read from the kernel's own files: one JSON object per finding.
# `consequence` says what follows where `ok` is false. Nothing is changed.
set -u

finding() { # NAME OK FOUND CONSEQUENCE
    if "$2"; then consequence=""; else consequence=$4; fi
    printf '{"name": "%s", "ok": %s, "found": "%s", "consequence": "%s"}\n' "$1" "$2" "$3" "$consequence"
}

container=$(systemd-detect-virt --container 2>/dev/null)
if [ "${container:-none}" = none ]; then ok=true found=$(uname -r); else ok=false found="a container ($container)"; fi
finding kernel "$ok" "$found" "kernel modules, huge pages and KSM are those of the machine around this container"

if [ -c /dev/kvm ]; then kvm=true found=/dev/kvm; else kvm=false found="no /dev/kvm"; fi
finding kvm "$kvm" "$found" "emulated guests only (type qemu), many times slower than type kvm"

# Why there is none.
module=$(for name in kvm_intel kvm_amd; do [ ! -d "/sys/module/$name" ] || echo "$name"; done)
if ! $kvm && [ "$(uname -m)" = x86_64 ]; then
    if flag=$(grep -m1 -o -w -E 'vmx|svm' /proc/cpuinfo); then ok=true; else ok=false flag="no vmx or svm flag"; fi
    finding processor "$ok" "$flag" \
        "no hardware virtualisation: switch it on in the firmware, or in the hypervisor that runs this machine"
    if [ -n "$module" ]; then ok=true found=$module; else ok=false found="neither kvm_intel nor kvm_amd"; fi
    finding kvm_module "$ok" "$found" "the driver of the processor's virtualisation is not loaded"
fi

nested=$(cat "/sys/module/${module:-kvm}/parameters/nested" 2>/dev/null)
case $nested in 1 | Y) ok=true ;; *) ok=false ;; esac
if $ok; then found="nested=$nested"; else found="nested virtualisation off"; fi
finding nested "$ok" "$found" "guests cannot run KVM guests of their own (host_nested)"

mebibytes=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) / 1024))
if [ "$mebibytes" -ge 2000 ]; then ok=true; else ok=false; fi
finding memory "$ok" "$mebibytes MiB of memory" "room for very small guests only"

groups=$(find /sys/kernel/iommu_groups -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)
if [ "$groups" -gt 0 ]; then ok=true; else ok=false; fi
finding iommu "$ok" "$groups IOMMU groups" "no host devices for guests (hostdev): switch the IOMMU on in firmware and kernel"

if [ "$(cat /sys/fs/selinux/enforce 2>/dev/null)" = 1 ]; then
    ok=true found="SELinux, enforcing"
elif [ -d /sys/kernel/security/apparmor ] && [ "$(cat /sys/module/apparmor/parameters/enabled)" = Y ]; then
    ok=true found=AppArmor
else
    ok=false found="neither SELinux, enforcing, nor AppArmor"
fi
finding confinement "$ok" "$found" "only Unix permissions hold back a guest that breaks out of QEMU"

# cgroup v2 names its controllers in one file; v1 calls io blkio and marks what is enabled in the last column.
controllers=$(cat /sys/fs/cgroup/cgroup.controllers 2>/dev/null ||
    awk '$4 == 1 { sub("blkio", "io"); print $1 }' /proc/cgroups)
missing=""
for name in cpu cpuset io memory; do
    echo "$controllers" | grep -q -w "$name" || missing="$missing $name"
done
if [ -z "$missing" ]; then ok=true; else ok=false; fi
finding cgroups "$ok" "cgroups ${missing:+without}${missing:-with cpu cpuset io memory}" \
    "libvirt refuses the limits that need them (cputune, numatune, blkiotune, memtune)"

if [ -c /dev/net/tun ]; then ok=true found=/dev/net/tun; else ok=false found="no /dev/net/tun"; fi
finding tun "$ok" "$found" "no interfaces of type bridge or network for guests"

if [ -c /dev/vhost-net ]; then ok=true found=/dev/vhost-net; else ok=false found="no /dev/vhost-net"; fi
finding vhost_net "$ok" "$found" "virtio interfaces are served by QEMU itself, which is slower"
