# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of M(hypervise.kvm.network) that a network and its port groups have in common.

Ansible shares no documentation below the top level, so the text is put together here for each of the two.
"""

from __future__ import annotations

import textwrap

_PORTGROUPS = r"""
portgroups:
  description:
    - Classes of connections that a guest's interface can choose by name, C(<portgroup>). An item is found by its
      O(portgroups[].name).
    - Changes are live, and are true for the guests that are attached afterwards.
  type: list
  elements: dict
  suboptions:
    name:
      description: The group's name.
      type: str
      required: true
    default:
      description: Whether interfaces that choose none are in this group.
      type: bool
    trust_guest_rx_filters:
      description: As O(trust_guest_rx_filters), for the interfaces in this group.
      type: bool
"""

_LINK = r"""
bandwidth:
  description:
    - What WHO may send and receive, C(<bandwidth>). The limits themselves are not exercised by the tests of this
      collection, storing and changing them is.
    - All values are bytes (per second where it is a rate) or strings with an IEC unit such as V(10MiB), rounded up to
      whole KiB.
    - WHEN
  type: dict
  suboptions:
    inbound:
      description: What comes in from the point of view of the guests.
      type: dict
      suboptions:
        average:
          description: The rate that is kept on average, per second.
          type: str
        peak:
          description: The highest rate at which a burst is passed on, per second.
          type: str
        burst:
          description: How much may pass at the rate of O(HEREbandwidth.inbound.peak) in one go.
          type: str
    outbound:
      description: What goes out from the point of view of the guests.
      type: dict
      suboptions:
        average:
          description: The rate that is kept on average, per second.
          type: str
        peak:
          description: The highest rate at which a burst is passed on, per second.
          type: str
        burst:
          description: How much may pass at the rate of O(HEREbandwidth.outbound.peak) in one go.
          type: str
vlan:
  description:
    - The VLANs that the guests are in, C(<vlan>). libvirt takes them where O(HEREvirtualport.type=openvswitch), where
      the network hands out SR-IOV functions (O(forward.mode=hostdev), O(forward.mode=passthrough)), and, from libvirt
      11.0 on, for bridges of the host's kernel.
    - WHEN
  type: dict
  suboptions:
    trunk:
      description:
        - Whether tagged frames of several VLANs pass.
        - libvirt means V(true) where it is not stated and there are several O(HEREvlan.tags).
      type: bool
    tags:
      description: The VLANs.
      type: list
      elements: dict
      suboptions:
        id:
          description: The VLAN's number, 0 to 4095.
          type: int
          required: true
        native_mode:
          description:
            - Makes this the native VLAN of the trunk, to which untagged frames of a guest belong, and tells whether
              frames to the guest are tagged with it.
          type: str
          choices: [tagged, untagged]
virtualport:
  description:
    - How guests are plugged into a switch that is not a plain bridge, C(<virtualport>).
    - WHEN
    - The types V(midonet), V(802.1Qbg) and V(802.1Qbh) are stored and changed by the tests of this collection, and not
      exercised.
  type: dict
  suboptions:
    type:
      description: The kind of switch.
      type: str
      choices: [openvswitch, midonet, 802.1Qbg, 802.1Qbh]
    profileid:
      description: The port profile, for V(openvswitch) and V(802.1Qbh).
      type: str
    interfaceid:
      description: The UUID of the port, for V(openvswitch) and V(midonet).
      type: str
    managerid:
      description: The VSI manager's number, for V(802.1Qbg), 0 to 255.
      type: int
    typeid:
      description: The VSI type's number, for V(802.1Qbg), 0 to 16777215.
      type: int
    typeidversion:
      description: The VSI type's version, for V(802.1Qbg), 0 to 255.
      type: int
    instanceid:
      description: The UUID of the VSI instance, for V(802.1Qbg).
      type: str
"""


def _link(here: str, who: str, when: str) -> str:
    return _LINK.replace("HERE", here).replace("WHO", who).replace("WHEN", when).strip("\n")


_OF_A_GROUP = _link(
    "portgroups[].", "a guest in this port group", "A change is live for guests that are attached afterwards."
)
_OF_ALL = _link("", "all guests of the network together", "A change waits for a restart of the network.")


class ModuleDocFragment:
    """Port groups, bandwidth, VLANs and virtual ports."""

    DOCUMENTATION: str = "options:\n" + textwrap.indent(
        f"{_PORTGROUPS.strip()}\n{textwrap.indent(_OF_A_GROUP, '    ')}\n{_OF_ALL}\n", "  "
    )
