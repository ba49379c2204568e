# Copyright (c) 2026, hypervise.kvm contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties that every plan has, of estates drawn at random: pure, stable, breaks nothing, worth it, whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from ansible_collections.hypervise.kvm.plugins.module_utils.errors import InvalidSpec
from ansible_collections.hypervise.kvm.plugins.module_utils.placement import broken, planner, score
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.estate import Estate
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.model import (
    Guest,
    Host,
    Move,
    Needs,
    Offers,
    Rule,
)
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.policy import Policy
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.spare import Spare
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.state import State
from ansible_collections.hypervise.kvm.plugins.module_utils.placement.steps import steps

KINDS = ("red", "blue")  # of networks, of which hosts have some and guests need some


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    """Draw some hosts, full or not, with guests of all kinds, rules on them, and some hosts drained."""
    count = draw(st.integers(2, 6))
    hosts = [
        Host(
            f"hv{index}",
            (draw(st.integers(4, 40)), draw(st.integers(4, 40)), 1000),
            {"rack": draw(st.sampled_from("ab"))},
            Offers(networks=frozenset(draw(st.sets(st.sampled_from(KINDS), min_size=1)))),
            drained=draw(st.integers(0, 4)) == 0,
        )
        for index in range(count)
    ]
    guests = [
        Guest(
            f"g{index:02}",
            "",
            f"hv{draw(st.integers(0, count - 1))}",
            (draw(st.integers(0, 8)), draw(st.integers(1, 4)), draw(st.integers(0, 300))),
            needs=Needs(networks=frozenset(draw(st.sets(st.sampled_from(KINDS), max_size=1)))),
            bound=draw(st.sampled_from(("", "", "", "", "", "bound"))),
            stays=draw(st.sampled_from((False, False, False, False, True))),
        )
        for index in range(draw(st.integers(0, 14)))
    ]
    members = st.frozensets(st.integers(0, max(0, len(guests) - 1)), max_size=4)
    rules = [
        Rule(
            f"rule{index}",
            draw(st.sampled_from(("affinity", "anti_affinity", "anti_affinity", "hosts", "pinned"))),
            draw(members) if guests else frozenset(),
            draw(st.frozensets(st.integers(0, count - 1), min_size=1)),
            draw(st.sampled_from(("", "rack"))),
        )
        for index in range(draw(st.integers(0, 4)))
    ]
    try:
        return Estate(hosts, guests, rules)
    except InvalidSpec:
        assume(False)
        raise


POLICIES = st.builds(
    Policy,
    threshold=st.sampled_from((0.0, 2.0, 20.0)),
    min_gain=st.sampled_from((0.01, 0.5, 5.0)),
    max_moves=st.sampled_from((None, 0, 1, 3)),
    n_plus_one=st.sampled_from(("never", "outside_maintenance", "always")),
    partial=st.booleans(),
    parallel=st.sampled_from((1, 2, 9)),
    group_size=st.sampled_from((0, 1, 2)),
)


def total(estate: Estate, state: State, policy: Policy) -> float:
    """Return the score, from scratch."""
    scale = score.Scale(estate, policy.weights)
    return broken.POINTS * len(broken.broken(state)) + score.points(scale.variance(state))


def later(estate: Estate, moves: Iterable[Move]) -> Estate:
    """Return what a planner finds after some moves."""
    guests = list(estate.guests)
    for move in moves:
        guests[move.guest] = dataclasses.replace(guests[move.guest], host=estate.hosts[move.target].name)
    return Estate(estate.hosts, guests, estate.rules)


def what(moves: Iterable[Move]) -> list[tuple[int, int | None, int]]:
    return [(move.guest, move.source, move.target) for move in moves]


def refuse_harm(estate: Estate, moves: list[Move]) -> None:
    """See that no move goes where it must not, whatever is there when it does."""
    where = {index: guest.host for index, guest in enumerate(estate.guests)}
    for move in moves:
        guest, target = estate.guests[move.guest], estate.hosts[move.target]
        assert not target.drained
        assert not guest.bound
        assert not guest.stays
        assert guest.needs.networks <= (target.offers.networks or set())
        assert move.source is not None
        assert where[move.guest] == estate.hosts[move.source].name
        there = [estate.guests[index] for index, host in where.items() if host == target.name and index != move.guest]
        for resource in (0, 1):  # the guest and all that are there
            assert sum(each.size[resource] for each in [*there, guest]) <= target.capacity[resource]
        for rule in (rule for rule in estate.rules if move.guest in rule.guests):
            if rule.type == "anti_affinity":
                places = {
                    host.labels["rack"] if rule.across else host.name
                    for host in estate.hosts
                    for index in rule.guests - {move.guest}
                    if where[index] == host.name
                }
                assert (target.labels["rack"] if rule.across else target.name) not in places
            assert rule.type != "pinned"
            assert rule.type != "hosts" or move.target in rule.hosts
        where[move.guest] = target.name


def parts(estate: Estate, state: State) -> int:
    return sum(len(parts) for parts in state.parts.values())


@settings(deadline=None, max_examples=60)
@given(estates(), POLICIES)
def test_balance_breaks_nothing_and_each_move_is_worth_it(estate: Estate, policy: Policy) -> None:
    planned = planner.balance(estate, policy)
    event(f"{min(len(planned.moves), 5)} moves")
    refuse_harm(estate, planned.moves)
    assert policy.max_moves is None or len(planned.moves) <= policy.max_moves
    state, lost = State(estate), Spare(State(estate)).lost
    moves = planned.moves[:]
    while moves:
        unit = next(unit for unit in state.units if moves[0].guest in unit.guests)
        assert [move.guest for move in moves[: len(unit.guests)]] == list(unit.guests)
        before, apart, target = total(estate, state, policy), parts(estate, state), moves[0].target
        state.move(unit, target)
        gain = before - total(estate, state, policy)
        assert gain == pytest.approx(moves[0].gain, abs=1e-6)
        assert gain >= policy.min_gain - 1e-6
        assert parts(estate, state) <= apart
        if policy.n_plus_one != "never" and not lost:
            assert not Spare(state).lost
        lost = Spare(state).lost
        del moves[: len(unit.guests)]
    assert state.where == planned.after.where


@settings(deadline=None, max_examples=60)
@given(estates())
def test_balance_takes_the_best_of_all_moves(estate: Estate) -> None:
    policy = Policy(threshold=0, min_gain=0.01, n_plus_one="never")
    before, gains = total(estate, State(estate), policy), [0.0]
    for unit in State(estate).units:
        for target in estate.active:
            state = State(estate)
            source = state.host_of(unit)
            if source in estate.active - {target} and not unit.bound and not unit.stays and state.fits(unit, target):
                state.move(unit, target)
                gains.append(before - total(estate, state, policy))
    moves = planner.balance(estate, policy).moves
    best = max(gains)
    event(f"moves: {bool(moves)}")
    assert moves[0].gain == pytest.approx(best, abs=1e-6) if moves else best < policy.min_gain + 1e-6


@settings(deadline=None, max_examples=60)
@given(estates(), POLICIES, st.data())
def test_balance_from_the_middle_gives_the_remainder(estate: Estate, policy: Policy, data: st.DataObject) -> None:
    moves = planner.balance(estate, policy).moves
    assert what(planner.balance(estate, policy).moves) == what(moves)
    ends = [
        index
        for index in range(len(moves) + 1)
        if index in (0, len(moves)) or moves[index - 1].gain != moves[index].gain
    ]
    done = data.draw(st.sampled_from(ends))  # a unit moves as one
    rest = None if policy.max_moves is None else policy.max_moves - done
    again = planner.balance(later(estate, moves[:done]), dataclasses.replace(policy, max_moves=rest))
    assert what(again.moves) == what(moves[done:])


@settings(deadline=None, max_examples=60)
@given(estates(), POLICIES)
def test_evacuation_is_whole_or_nothing_and_breaks_nothing(estate: Estate, policy: Policy) -> None:
    planned = planner.evacuate(estate, policy)
    event(f"refused: {bool(planned.refused)}, moves: {bool(planned.moves)}")
    refuse_harm(estate, planned.moves)
    drained = {host.name for host in estate.hosts if host.drained}
    due = {index for index, guest in enumerate(estate.guests) if guest.host in drained and not guest.stays}
    moved = {move.guest for move in planned.moves}
    if planned.refused and not policy.partial:
        assert not planned.moves
    else:
        refused = {refusal.guest for refusal in planned.refused}
        assert not moved & refused
        assert bool(due - moved) == bool(refused)
    assert all(refusal.why for refusal in planned.refused)
    state = State(estate)
    if policy.n_plus_one == "always" and not Spare(state).lost:
        assert not Spare(planned.after).lost


@settings(deadline=None, max_examples=60)
@given(estates(), POLICIES, st.data())
def test_evacuation_from_the_middle_gives_the_remainder(estate: Estate, policy: Policy, data: st.DataObject) -> None:
    assume(all(rule.type != "affinity" for rule in estate.rules))  # a unit moves as one
    moves = planner.evacuate(estate, policy).moves
    done = data.draw(st.integers(0, len(moves)))
    assert what(planner.evacuate(later(estate, moves[:done]), policy).moves) == what(moves[done:])


@settings(deadline=None, max_examples=60)
@given(estates())
def test_who_was_evacuated_comes_home(estate: Estate) -> None:
    away = planner.evacuate(estate, Policy(partial=True)).moves
    back = Estate(
        [dataclasses.replace(host, drained=False) for host in estate.hosts], later(estate, away).guests, estate.rules
    )
    homes = {estate.guests[move.guest].name: estate.hosts[move.source or 0].name for move in away}
    planned = planner.go_home(back, Policy(partial=True), homes)
    refuse_harm(back, planned.moves)
    refused = {refusal.guest for refusal in planned.refused}
    for move in away:
        assert refused or planned.after.where[move.guest] == move.source


@settings(deadline=None, max_examples=60)
@given(estates(), POLICIES)
def test_steps_fit_whoever_is_first(estate: Estate, policy: Policy) -> None:
    """Within a step, every guest may be on both of its hosts at once."""
    policy = dataclasses.replace(policy, partial=True)
    for plan in (planner.balance, planner.evacuate):
        moves = plan(estate, policy).moves
        found = steps(estate, moves, policy.parallel)
        assert sorted(what(move for step in found for move in step)) == sorted(what(moves))
        where = {index: guest.host for index, guest in enumerate(estate.guests)}
        for step in found:
            assert all(where[move.guest] == estate.hosts[move.source or 0].name for move in step)
            for number, host in enumerate(estate.hosts):
                arriving = [move.guest for move in step if move.target == number]
                ends = arriving + [move.guest for move in step if move.source == number]
                assert len(ends) <= policy.parallel
                there = [index for index, name in where.items() if name == host.name] + arriving
                for resource in (0, 1) if arriving else ():
                    assert sum(estate.guests[index].size[resource] for index in there) <= host.capacity[resource]
            for move in step:
                where[move.guest] = estate.hosts[move.target].name


@settings(deadline=None, max_examples=60)
@given(estates(), POLICIES)
def test_groups_hold_no_two_that_are_to_be_apart(estate: Estate, policy: Policy) -> None:
    groups = planner.group(estate, policy).groups
    assert sorted(host for group in groups for host in group) == sorted(estate.active)
    for group in groups:
        assert not policy.group_size or len(group) <= policy.group_size
        names = {estate.hosts[host].name for host in group}
        for rule in estate.rules:
            if rule.type == "anti_affinity":
                holders = [estate.guests[index].host for index in rule.guests if estate.guests[index].host in names]
                assert len(set(holders)) <= 1
        if len(group) > 1:
            assert not planner.evacuate(only_of(estate, names), policy).refused


def only_of(estate: Estate, names: set[str]) -> Estate:
    """Return an estate of which some hosts are to be emptied of all that can leave, and nothing else."""
    hosts = [dataclasses.replace(host, drained=host.drained or host.name in names) for host in estate.hosts]
    held = {index for unit in State(estate).units if unit.stays or unit.bound for index in unit.guests}
    guests = [
        dataclasses.replace(guest, stays=guest.host not in names or index in held)
        for index, guest in enumerate(estate.guests)
    ]
    return Estate(hosts, guests, estate.rules)


def test_who_is_to_be_with_one_that_stays_is_told_of() -> None:
    """A host that is to be emptied is not left with a guest that runs, and nobody says so."""
    together = Rule("together", "affinity", frozenset({0, 1}))
    estate = small(("hv0", 1), ("hv0", 1), rules=[together])
    hosts = [dataclasses.replace(each, drained=each.name == "hv0") for each in estate.hosts]
    guests = [dataclasses.replace(each, stays=each.name == "g0") for each in estate.guests]
    planned = planner.evacuate(Estate(hosts, guests, [together]), Policy())
    assert not planned.moves
    assert "g0 stays there" in planned.refused[0].why


@settings(deadline=None, max_examples=60)
@given(estates(), st.data())
def test_what_fits_is_what_is_not_refused(estate: Estate, data: st.DataObject) -> None:
    state = State(estate)
    for unit in state.units:
        for host in range(len(estate.hosts)):
            if host != state.host_of(unit):
                assert state.fits(unit, host) == (not state.refusal(unit, host))


def small(*sizes: tuple[str, int], hosts: int = 3, rules: Sequence[Rule] = (), capacity: int = 10) -> Estate:
    """Return hosts of one size, and guests by the host that each is on."""
    there = [Host(f"hv{index}", (capacity, 100, 0)) for index in range(hosts)]
    return Estate(
        there, [Guest(f"g{index}", "", host, (size, 1, 0)) for index, (host, size) in enumerate(sizes)], rules
    )


def test_anti_affinity_goes_before_balance() -> None:
    """What CloudStack's balancer did not look at (its issue 12473): the emptiest host is taken by a rival."""
    rule = Rule("web", "anti_affinity", frozenset({0, 3}))
    estate = small(("hv0", 4), ("hv0", 3), ("hv0", 2), ("hv1", 1), hosts=2, rules=[rule])
    planned = planner.balance(estate, Policy(n_plus_one="never"))
    assert planned.moves
    assert 0 not in {move.guest for move in planned.moves}
    assert planned.after.where[0] != planned.after.where[3]


def test_a_broken_rule_is_mended_before_all_else() -> None:
    rule = Rule("web", "anti_affinity", frozenset({0, 1}))
    estate = small(("hv0", 1), ("hv0", 1), ("hv1", 9), rules=[rule])
    (move,) = planner.balance(estate, Policy(threshold=100)).moves
    assert (move.guest, move.target) == (0, 2)


def test_those_that_are_together_move_together() -> None:
    rule = Rule("app", "affinity", frozenset({0, 1}))
    estate = small(("hv0", 3), ("hv0", 3), ("hv1", 7), ("hv2", 4), rules=[rule])
    drained = Estate([dataclasses.replace(estate.hosts[0], drained=True), *estate.hosts[1:]], estate.guests, [rule])
    planned = planner.evacuate(drained, Policy())
    assert what(planned.moves) == [(0, 0, 2), (1, 0, 2)]
    assert not planner.evacuate(
        Estate(drained.hosts[:2], [guest for guest in estate.guests if guest.host != "hv2"], [rule]), Policy()
    ).moves


def test_a_way_is_found_where_the_even_one_ends_nowhere() -> None:
    """Evenly, the first guest of 6 goes where 10 are free, and then none of 5 finds a second place."""
    hosts = [Host("hv0", (20, 100, 0), drained=True), Host("hv1", (10, 100, 0)), Host("hv2", (6, 100, 0))]
    guests = [Guest(name, "", "hv0", (size, 1, 0)) for name, size in (("a", 6), ("b", 5), ("c", 5))]
    planned = planner.evacuate(Estate(hosts, guests), Policy())
    assert what(planned.moves) == [(0, 0, 2), (1, 0, 1), (2, 0, 1)]
    middle = planner.evacuate(later(Estate(hosts, guests), planned.moves[:1]), Policy())
    assert what(middle.moves) == what(planned.moves[1:])


def test_what_is_kept_for_a_failure_is_not_given_away() -> None:
    """Placed anywhere, the new guest would leave too little for those of the host that is fullest."""
    estate = small(("hv0", 5), ("hv1", 5), ("hv2", 0), hosts=2 + 1, capacity=5)
    new = Estate(estate.hosts, [*estate.guests, Guest("new", "", None, (1, 1, 0))])
    assert planner.place(new, Policy(n_plus_one="never")).moves
    (refusal,) = planner.place(new, Policy()).refused
    assert "no more fail" in refusal.why


def test_rules_that_contradict_each_other_are_refused() -> None:
    rules = [Rule("app", "affinity", frozenset({0, 1})), Rule("web", "anti_affinity", frozenset({0, 1}))]
    with pytest.raises(InvalidSpec, match="web keeps g0 and g1 apart, and another rule keeps them together"):
        small(("hv0", 1), ("hv0", 1), rules=rules)


def test_the_score_by_hand() -> None:
    """Three hosts of 10 with 9, 3 and 3: shares of 0.9, 0.3, 0.3 are 0.283 from their mean of 0.5, root mean square."""
    estate = small(("hv0", 9), ("hv1", 3), ("hv2", 3))
    scale = score.Scale(estate, (1.0, 0.0, 0.0))
    assert score.points(scale.variance(State(estate))) == pytest.approx(28.284, abs=0.001)
