"""Moving a deal: the rows of "How it behaves in the cases that really happen"."""

from datetime import timedelta
from uuid import uuid4

import pytest

from crm.actions.consent import answer_question, confirm_consent, contest_consent, fingerprint, withdraw_consent
from crm.actions.question import Subject, ask_for_consent, cancel_question
from crm.actions.recorded_consent import Testimony, record_consent, withdraw_record
from crm.actors import Actor, as_participant, as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.models import Answer, Consent, Event, LedgerEntry, Participant, Question
from deals.actions.deal import change_deal
from deals.actions.ending import end_deal, reopen_deal
from deals.actions.stage_move import execute_move, move_back, propose_move, undo_win, waive_gate
from deals.models import Deal, DealStatus, Stage
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def stage(deal: Deal, name: str) -> Stage:
    return Stage.objects.get(pipeline=deal.pipeline_id, name=name)


def put_at(deal: Deal, name: str) -> Deal:
    """Put a deal into a stage, as if it had got there."""
    Deal.objects.filter(pk=deal.pk).update(stage=stage(deal, name))
    deal.refresh_from_db()
    return deal


def ask(cast: Cast, *subjects: Subject, of: Participant | None = None) -> Question:
    return ask_for_consent(
        actor=cast.rep,
        asked_of=(of or cast.ingrid).pk,
        subjects=subjects,
        sentence="Shall we?",
        benefit="A page of figures.",
    )


def say(question: Question, answer: str = "agreed", **fields: str) -> Question:
    actor = as_participant(question.asked_of, fresh_at=now())
    shown = fingerprint(list(question.consents.all()))
    return answer_question(actor=actor, question_id=question.pk, shown_hash=shown, answer=answer, **fields)


def move_to(cast: Cast, name: str | None) -> Subject:
    deal = Deal.objects.get(pk=cast.deal.pk)
    return propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=stage(deal, name).pk if name else None)


def stage_name(cast: Cast) -> str:
    return Deal.objects.select_related("stage").get(pk=cast.deal.pk).stage.name


def said_by_phone(**changes: object) -> Testimony:
    facts = {"answer": "agreed", "words": "Yes, go ahead.", "channel": "phone", "given_at": now()}
    return Testimony(**(facts | changes))


def record_yes(cast: Cast, subject: Subject, **changes: object) -> Question:
    return record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[subject],
        sentence="Can we go on?",
        testimony=said_by_phone(**changes),
    )


@pytest.mark.slow
def test_any_one_buyer_is_enough_even_beside_a_no(cast: Cast) -> None:
    first, second = ask(cast, move_to(cast, "Understand"), of=cast.daniel), ask(cast, move_to(cast, "Understand"))
    say(first, "declined")
    assert stage_name(cast) == "Meet"
    say(second)
    assert stage_name(cast) == "Understand"


@pytest.mark.slow
def test_a_no_of_somebody_who_must_answer_blocks(cast: Cast) -> None:
    meet = cast.deal.stage
    meet.answer_roles = ["economic_buyer"]
    meet.save()
    from deals.actions.stakeholder import add_stakeholder

    values = {"side": "buyer", "contact": cast.daniel.contact_id, "roles": ["economic_buyer"]}
    add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=values)
    say(ask(cast, move_to(cast, "Understand")))
    assert stage_name(cast) == "Meet"
    say(ask(cast, move_to(cast, "Understand"), of=cast.daniel), "declined")
    with pytest.raises(Refused) as refusal:
        execute_move(
            actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Understand").pk
        )
    assert [fault.code for fault in refusal.value.faults] == ["consent_blocked"]


@pytest.mark.slow
def test_skipping_needs_every_gate_passed_over(cast: Cast) -> None:
    say(ask(cast, move_to(cast, "Test")))
    with pytest.raises(Refused) as refusal:
        execute_move(
            actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Test").pk
        )
    assert {fault.code for fault in refusal.value.faults} == {"gate.problem_agreed", "gate.criteria_agreed"}
    say(ask(cast, cast.problem(), cast.criteria()))
    execute_move(actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Test").pk)
    assert stage_name(cast) == "Test"


@pytest.mark.slow
def test_a_yes_to_one_stage_is_no_yes_to_another(cast: Cast) -> None:
    say(ask(cast, cast.problem(), cast.criteria()))
    say(ask(cast, move_to(cast, "Understand")))
    with pytest.raises(Refused):
        execute_move(
            actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Test").pk
        )


@pytest.mark.slow
def test_going_back_is_free_and_forward_asks_again(cast: Cast) -> None:
    say(ask(cast, move_to(cast, "Understand")))
    move_back(actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Meet").pk)
    assert stage_name(cast) == "Meet"
    with pytest.raises(Refused):
        execute_move(
            actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Understand").pk
        )
    say(ask(cast, move_to(cast, "Understand")))
    assert stage_name(cast) == "Understand"


@pytest.mark.slow
def test_a_yes_taken_back_holds_the_next_move_not_the_deal(cast: Cast) -> None:
    say(ask(cast, cast.problem(), move_to(cast, "Understand")))
    given = Consent.objects.get(kind="problem", answer=Answer.AGREED)
    withdraw_consent(actor=cast.buyer, consent_id=given.pk)
    assert stage_name(cast) == "Understand"
    say(ask(cast, cast.problem(), of=cast.daniel))
    say(ask(cast, move_to(cast, "Define success"), of=cast.daniel))
    assert stage_name(cast) == "Understand"
    say(ask(cast, cast.problem()))
    execute_move(
        actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Define success").pk
    )
    assert stage_name(cast) == "Define success"


@pytest.mark.slow
def test_an_edit_after_the_yes_closes_the_gate_until_the_new_words_are_agreed(cast: Cast) -> None:
    say(ask(cast, cast.problem(), move_to(cast, "Understand")))
    cast.write_problem("Fresh stock is written off.")
    say(ask(cast, move_to(cast, "Define success")))
    assert stage_name(cast) == "Understand"
    say(ask(cast, cast.problem()))
    execute_move(
        actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Define success").pk
    )


@pytest.mark.slow
def test_a_recorded_yes_moves_and_a_contested_one_holds_the_next_move(cast: Cast) -> None:
    record_yes(cast, move_to(cast, "Understand"))
    assert stage_name(cast) == "Understand"
    contest_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk, note="I said maybe.")
    say(ask(cast, cast.problem(), move_to(cast, "Define success"), of=cast.daniel))
    assert stage_name(cast) == "Understand"
    withdraw_record(actor=cast.rep, consent_id=Consent.objects.get(answer=Answer.CONTESTED).pk, note="I misheard.")
    execute_move(
        actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Define success").pk
    )


@pytest.mark.slow
def test_the_next_yes_of_the_same_person_settles_what_they_contested(cast: Cast) -> None:
    record_yes(cast, move_to(cast, "Understand"))
    contest_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    say(ask(cast, cast.problem(), move_to(cast, "Define success")))
    assert stage_name(cast) == "Define success"


@pytest.mark.slow
def test_another_record_does_not_settle_what_the_person_contested(cast: Cast) -> None:
    record_yes(cast, move_to(cast, "Understand"))
    contest_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    say(ask(cast, cast.problem(), of=cast.daniel))
    again = record_yes(cast, move_to(cast, "Define success"))
    assert stage_name(cast) == "Understand"
    confirm_consent(
        actor=cast.buyer, consent_id=again.consents.get().pk, shown_hash=fingerprint([again.consents.get()])
    )
    execute_move(
        actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), to_stage_id=stage(cast.deal, "Define success").pk
    )


def test_what_the_person_said_about_a_record_is_not_taken_back_by_the_recorder(cast: Cast) -> None:
    confirmed = record_yes(cast, cast.problem()).consents.get()
    confirm_consent(actor=cast.buyer, consent_id=confirmed.pk, shown_hash=fingerprint([confirmed]))
    taken_back = record_yes(cast, cast.criteria()).consents.get()
    withdraw_consent(actor=cast.buyer, consent_id=taken_back.pk)
    for consent, answer in ((confirmed, Answer.AGREED), (taken_back, Answer.WITHDRAWN)):
        with pytest.raises(Refused, match="in the room since"):
            withdraw_record(actor=as_user(cast.admin), consent_id=consent.pk, note="A slip.")
        consent.refresh_from_db()
        assert consent.answer == answer


def test_a_stage_can_refuse_recorded_answers(cast: Cast) -> None:
    Stage.objects.filter(pk=cast.deal.stage_id).update(recorded_is_enough=False)
    with pytest.raises(Refused, match="only answers given in the room"):
        record_yes(cast, move_to(cast, "Understand"))


def test_a_close_agreed_elsewhere_needs_the_signed_file(cast: Cast) -> None:
    put_at(cast.deal, "Agree")
    with pytest.raises(Refused, match="signed file"):
        record_yes(cast, move_to(cast, None))
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"given_at": now() + timedelta(days=1)}, "given_at"),
        ({"words": " "}, "words"),
        ({"channel": "room"}, "channel"),
        ({"answer": "perhaps"}, "answer"),
        ({"evidence": uuid4()}, "evidence"),
    ],
)
def test_a_record_with_faults_is_not_kept(cast: Cast, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        record_yes(cast, cast.problem(), **changes)
    assert [fault.field for fault in refusal.value.faults] == [field]
    assert not Question.objects.exists()


def test_a_buyer_cannot_be_recorded_by_a_buyer(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        record_consent(
            actor=cast.buyer,
            asked_of=cast.ingrid.pk,
            subjects=[cast.problem()],
            sentence="?",
            testimony=said_by_phone(),
        )


def test_a_manager_waives_with_a_reason_what_may_be_waived(cast: Cast) -> None:
    put_at(cast.deal, "Plan")
    boss = as_user(cast.jonas)
    with pytest.raises(NotAllowed):
        waive_gate(actor=cast.rep, deal_id=cast.deal.pk, gate="success_owner_named", reason="Later.")
    with pytest.raises(Invalid):
        waive_gate(actor=boss, deal_id=cast.deal.pk, gate="success_owner_named", reason="")
    waive_gate(actor=boss, deal_id=cast.deal.pk, gate="success_owner_named", reason="Tomás starts on Monday.")
    say(ask(cast, move_to(cast, "Agree")))
    assert stage_name(cast) == "Agree"


def test_a_consent_is_never_waived(cast: Cast) -> None:
    put_at(cast.deal, "Understand")
    with pytest.raises(Refused, match="never waived"):
        waive_gate(actor=as_user(cast.jonas), deal_id=cast.deal.pk, gate="problem_agreed", reason="In a hurry.")


def test_naming_who_takes_over_opens_the_gate_and_lets_them_in(cast: Cast) -> None:
    put_at(cast.deal, "Plan")
    change_deal(actor=cast.rep, deal_id=cast.deal.pk, version=_version(cast), values={"success_owner": cast.tomas.pk})
    assert Deal.objects.visible_to(as_user(cast.tomas)).filter(pk=cast.deal.pk).exists()
    say(ask(cast, move_to(cast, "Agree")))
    assert stage_name(cast) == "Agree"


@pytest.mark.slow
def test_the_yes_to_agree_wins_and_a_mistake_is_undone_by_a_manager(cast: Cast) -> None:
    put_at(cast.deal, "Agree")
    say(ask(cast, move_to(cast, None)))
    deal = Deal.objects.get(pk=cast.deal.pk)
    assert deal.status == DealStatus.WON
    with pytest.raises(NotAllowed):
        undo_win(actor=cast.rep, deal_id=deal.pk, version=deal.version, reason="A slip.")
    undo_win(actor=as_user(cast.jonas), deal_id=deal.pk, version=deal.version, reason="A slip.")
    deal.refresh_from_db()
    assert deal.status == DealStatus.OPEN
    assert deal.ended_at is None
    assert [entry.type for entry in LedgerEntry.objects.order_by("seq")] == ["asked", "answered", "undone"]


def test_nobody_is_asked_three_things_at_once(cast: Cast) -> None:
    ask(cast, cast.problem())
    ask(cast, cast.criteria())
    with pytest.raises(Refused, match="Two questions"):
        ask(cast, move_to(cast, "Understand"))


def test_the_same_question_is_not_asked_twice(cast: Cast) -> None:
    ask(cast, cast.problem())
    with pytest.raises(Refused, match="already"):
        ask(cast, cast.problem())
    cast.write_problem("A new cause.")
    ask(cast, cast.problem())
    assert Question.objects.open().count() == 1


def test_a_question_taken_back_cannot_be_answered(cast: Cast) -> None:
    question = ask(cast, cast.problem())
    cancel_question(actor=cast.rep, question_id=question.pk)
    with pytest.raises(Refused):
        say(question)


def test_an_answer_sent_twice_is_one_answer(cast: Cast) -> None:
    question = ask(cast, cast.problem())
    say(question)
    say(question)
    assert LedgerEntry.objects.filter(type="answered").count() == 1
    with pytest.raises(Refused):
        say(question, "declined")


def test_an_unmeasurable_criterion_is_not_asked_about(cast: Cast) -> None:
    from deals.actions.criterion import add_criterion

    add_criterion(actor=cast.rep, deal_id=cast.deal.pk, values={"title": "Be happier"})
    with pytest.raises(Refused, match="cannot be measured") as refusal:
        ask(cast, cast.criteria())
    assert {fault.code for fault in refusal.value.faults} >= {"baseline_value", "target", "due"}


@pytest.mark.parametrize("name", ["stranger", "priya"])
def test_who_does_not_see_the_deal_finds_nothing(cast: Cast, name: str) -> None:
    actor: Actor = as_user(getattr(cast, name))
    with pytest.raises(NotFound):
        propose_move(actor=actor, deal_id=cast.deal.pk, to_stage_id=stage(cast.deal, "Understand").pk)


def test_a_colleague_reads_and_does_not_write(cast: Cast) -> None:
    colleague = as_user(cast.colleague)
    assert Deal.objects.visible_to(colleague).filter(pk=cast.deal.pk).exists()
    with pytest.raises(NotAllowed):
        change_deal(actor=colleague, deal_id=cast.deal.pk, version=1, values={"title": "Mine"})


def test_ending_and_reopening(cast: Cast) -> None:
    deal = end_deal(actor=cast.rep, deal_id=cast.deal.pk, version=1, status="lost", reason="They do it themselves.")
    assert deal.has_ended
    with pytest.raises(Refused):
        cast.write_problem("One more thing.")
    with pytest.raises(Stale):
        reopen_deal(actor=cast.rep, deal_id=deal.pk, version=1)
    deal = reopen_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version)
    assert deal.is_open
    assert {"deal.lost", "deal.reopened"} <= set(Event.objects.values_list("type", flat=True))


def _version(cast: Cast) -> int:
    return Deal.objects.get(pk=cast.deal.pk).version
