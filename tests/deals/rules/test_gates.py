"""Gates: a skip passes every gate on the way, back is free, a waiver is only good from whom the gate names."""

from hypothesis import given
from hypothesis import strategies as st

from deals.rules.gates import (
    NOT_EVALUATED,
    Course,
    GateResult,
    StageGates,
    UnmetGate,
    WaivableBy,
    WaiverData,
    may_move,
    unmet_gates,
)

CODES = ["problem_agreed", "fit_answered", "criteria_agreed", "plan_agreed", "cs_owner"]
stage_lists = st.lists(st.lists(st.sampled_from(CODES), max_size=3, unique=True), min_size=2, max_size=6).map(
    lambda lists: [StageGates(position, tuple(gates)) for position, gates in enumerate(lists)]
)
result_maps = st.fixed_dictionaries(
    {},
    optional={
        (position, code): st.builds(GateResult, st.just(code), st.booleans(), st.sampled_from(WaivableBy))
        for position in range(6)
        for code in CODES
    },
)
waiver_sets = st.sets(
    st.builds(WaiverData, st.sampled_from(CODES), st.integers(0, 5), st.sampled_from(WaivableBy)), max_size=6
)
positions = st.integers(0, 6)


@given(stage_lists, result_maps, waiver_sets, positions, positions)
def test_only_unmet_gates_on_the_way_hold_a_forward_move(stages, results, waivers, start, end):
    verdict = may_move(start, end, stages, results, waivers)
    if end <= start:
        assert verdict.unmet_gates == ()
        assert verdict.may_move == (end < start)
        assert not verdict.needs_consent
        return
    assert verdict.course == Course.FORWARD
    assert verdict.needs_consent
    assert verdict.may_move == (not verdict.unmet_gates)
    assert all(start <= gate.position < end for gate in verdict.unmet_gates)
    on_the_way = [(stage.position, code) for stage in stages if start <= stage.position < end for code in stage.gates]
    closed = set(on_the_way) - {(gate.position, gate.result.code) for gate in verdict.unmet_gates}
    for position, code in closed:
        result = results[position, code]
        assert result.met or WaiverData(code, position, result.waivable_by) in waivers
    for gate in verdict.unmet_gates:
        assert not gate.result.met


@given(stage_lists, result_maps, waiver_sets, positions, positions)
def test_a_skip_is_held_by_exactly_what_holds_its_single_steps(stages, results, waivers, start, end):
    if end <= start:
        start, end = end, start + 1
    steps = [may_move(at, at + 1, stages, results, waivers).unmet_gates for at in range(start, end)]
    assert may_move(start, end, stages, results, waivers).unmet_gates == tuple(gate for step in steps for gate in step)


@given(stage_lists, result_maps, st.sampled_from(WaivableBy))
def test_what_is_never_waivable_is_never_waived(stages, results, by):
    waivers = {WaiverData(code, position, by) for code in CODES for position in range(6)}
    left = unmet_gates(stages, results, waivers)
    for stage in stages:
        for code in stage.gates:
            result = results.get((stage.position, code), GateResult(code, met=False))
            if not result.met and result.waivable_by == WaivableBy.NEVER:
                assert (stage.position, code) in {(gate.position, gate.result.code) for gate in left}


def test_a_gate_that_nobody_evaluated_is_not_met():
    [gate] = unmet_gates([StageGates(1, ("cs_owner",))], {})
    assert gate == UnmetGate(1, GateResult("cs_owner", met=False, reasons=(NOT_EVALUATED,)))


def test_a_manager_cannot_waive_the_buyer_s_gate_and_a_waiver_is_for_its_own_stage():
    stages = [StageGates(1, ("fit",)), StageGates(2, ("cs_owner",))]
    results = {
        (1, "fit"): GateResult("fit", met=False, waivable_by=WaivableBy.BUYER),
        (2, "cs_owner"): GateResult("cs_owner", met=False, waivable_by=WaivableBy.MANAGER),
    }
    waivers = [WaiverData("fit", 1, WaivableBy.MANAGER), WaiverData("cs_owner", 1, WaivableBy.MANAGER)]
    assert [gate.result.code for gate in unmet_gates(stages, results, waivers)] == ["fit", "cs_owner"]
    good = [WaiverData("fit", 1, WaivableBy.BUYER), WaiverData("cs_owner", 2, WaivableBy.MANAGER)]
    assert may_move(1, 3, stages, results, good).may_move
