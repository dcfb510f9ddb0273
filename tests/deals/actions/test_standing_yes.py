"""Which yes stands, when a person has said yes more than once: glyph, gate, brief and question all go by the same one."""

import pytest

from crm.actions.consent import confirm_consent, contest_consent, fingerprint, withdraw_consent
from crm.actions.recorded_consent import record_consent, withdraw_record
from crm.models import Consent, Revision
from crm.queries.waiting import waiting_for
from deals.actions.problem import edit_statement
from deals.actions.revision import keep_revision
from deals.models import ProblemStatement, Stage, StageGate
from deals.queries.deal import get_deal_page
from deals.queries.gate import gate_states, unmet_gates
from deals.queries.standing import DealStanding
from handoff.queries.brief import agreed_revision
from tests.cast import Cast
from tests.deals.actions.test_stage_move import ask, move_to, put_at, said_by_phone, say, stage_name

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem("Words A.")
    put_at(cast.deal, "Understand")
    return cast


def rewrite(cast: Cast, text: str) -> None:
    row = ProblemStatement.objects.get()
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": text})


def put_back(cast: Cast, revision: Revision) -> None:
    version = cast.section("problem").version
    keep_revision(actor=cast.rep, deal_id=cast.deal.pk, kind="problem", revision_id=revision.pk, version=version)


def is_open(cast: Cast) -> bool:
    return all(state.is_met for state in gate_states(DealStanding(cast.deal)))


def glyph(cast: Cast) -> str:
    return get_deal_page(cast.rep, cast.deal.pk).section("problem").state


def record_yes_to_problem(cast: Cast) -> Consent:
    question = record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Is this your problem?",
        testimony=said_by_phone(),
    )
    return question.consents.get()


@pytest.mark.slow
def test_a_yes_that_a_later_one_replaced_opens_nothing_when_its_words_come_back(cast: Cast) -> None:
    first = say(ask(cast, cast.problem())).consents.get().revision
    rewrite(cast, "Words B.")
    second = say(ask(cast, cast.problem())).consents.get().revision
    put_back(cast, first)
    assert (glyph(cast), is_open(cast)) == ("stale", False)
    assert agreed_revision(cast.deal, "problem") == second
    say(ask(cast, move_to(cast, "Define success")))
    assert stage_name(cast) == "Understand"


@pytest.mark.slow
def test_a_yes_that_a_later_no_replaced_opens_nothing_either(cast: Cast) -> None:
    first = say(ask(cast, cast.problem())).consents.get().revision
    rewrite(cast, "Words B.")
    say(ask(cast, cast.problem()), "declined")
    put_back(cast, first)
    assert (glyph(cast), is_open(cast)) == ("declined", False)
    assert agreed_revision(cast.deal, "problem") is None


@pytest.mark.slow
def test_the_brief_takes_the_present_words_when_somebody_agreed_to_them(cast: Cast) -> None:
    first = say(ask(cast, cast.problem())).consents.get().revision
    rewrite(cast, "Words B.")
    say(ask(cast, cast.problem(), of=cast.daniel))
    put_back(cast, first)
    assert (glyph(cast), is_open(cast)) == ("both", True)
    assert agreed_revision(cast.deal, "problem") == first


@pytest.mark.slow
@pytest.mark.parametrize("who", ["the person", "the recorder"])
def test_a_record_that_was_wrong_takes_no_yes_away(cast: Cast, who: str) -> None:
    first = say(ask(cast, cast.problem())).consents.get().revision
    rewrite(cast, "Words B.")
    wrong = record_yes_to_problem(cast)
    put_back(cast, first)
    assert (glyph(cast), is_open(cast)) == ("stale", False)
    if who == "the person":
        contest_consent(actor=cast.buyer, consent_id=wrong.pk)
    else:
        withdraw_record(actor=cast.rep, consent_id=wrong.pk, note="I misheard.")
    assert (glyph(cast), is_open(cast)) == ("both", True)


@pytest.mark.slow
def test_changes_are_counted_from_a_yes_that_stands(cast: Cast) -> None:
    say(ask(cast, cast.problem()))
    rewrite(cast, "Words B.")
    second = say(ask(cast, cast.problem())).consents.get()
    withdraw_consent(actor=cast.buyer, consent_id=second.pk)
    rewrite(cast, "Words C.")
    ask(cast, cast.problem())
    [waiting] = waiting_for(cast.buyer)
    assert waiting.subjects[0].before is None


@pytest.mark.slow
def test_where_only_room_answers_count_a_recorded_yes_waits_for_the_person_to_confirm_it(cast: Cast) -> None:
    Stage.objects.filter(pk=cast.deal.stage_id).update(recorded_is_enough=False)
    cast.deal.refresh_from_db()
    recorded = record_yes_to_problem(cast)
    assert (glyph(cast), is_open(cast)) == ("both", False)
    assert "once the person has confirmed it" in str(get_deal_page(cast.rep, cast.deal.pk).next_step.note)
    say(ask(cast, move_to(cast, "Define success")))
    assert stage_name(cast) == "Understand"
    confirm_consent(actor=cast.buyer, consent_id=recorded.pk, shown_hash=fingerprint([recorded]))
    assert is_open(cast)


def test_a_skip_asks_each_stage_whether_a_recorded_yes_is_enough(cast: Cast) -> None:
    strict = Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Define success")
    Stage.objects.filter(pk=strict.pk).update(recorded_is_enough=False)
    StageGate.objects.create(stage=strict, code="problem_agreed", position=9)
    record_yes_to_problem(cast)
    test = Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Test")
    held = {(state.stage.name, state.gate.code) for state in unmet_gates(DealStanding(cast.deal), test)}
    assert ("Define success", "problem_agreed") in held
    assert ("Understand", "problem_agreed") not in held
