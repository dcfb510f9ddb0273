"""Reviewing the brief item by item, and the risks that turn up."""

from uuid import uuid4

import pytest

from crm.actions.consent import contest_consent, withdraw_consent
from crm.actors import as_user
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.models import Answer, Consent, Event
from deals.actions.stage_move import undo_win, waive_gate
from deals.models import Deal, Stage
from handoff.actions.brief import answer_question_back, ask_back, clear_item
from handoff.models import BriefItem, Handoff, ItemKind, ItemQuestion, ItemState
from tests.cast import Cast
from tests.handoff.story import accept, ask, success, win

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def item(cast: Cast) -> BriefItem:
    return win(cast).items.get(group="criteria")


def test_clear_once_and_for_whoever_takes_over(cast: Cast, item: BriefItem) -> None:
    for user, error in ((cast.maya, NotAllowed), (cast.colleague, NotAllowed), (cast.stranger, NotFound)):
        with pytest.raises(error):
            clear_item(actor=as_user(user), item_id=item.pk, version=1)
    with pytest.raises(NotAllowed):
        clear_item(actor=cast.buyer, item_id=item.pk, version=1)
    with pytest.raises(Stale):
        clear_item(actor=success(cast), item_id=item.pk, version=2)
    cleared = clear_item(actor=success(cast), item_id=item.pk, version=1)
    assert (cleared.state, cleared.cleared_by) == (ItemState.CLEAR, cast.tomas)
    assert clear_item(actor=success(cast), item_id=item.pk, version=1).version == 2
    assert Event.objects.filter(type="brief_item.cleared").count() == 1


def test_a_question_goes_back_is_answered_and_asked_again(cast: Cast, item: BriefItem) -> None:
    first = ask_back(actor=success(cast), item_id=item.pk, version=1, text="Which stores?")
    assert ask_back(actor=success(cast), item_id=item.pk, version=1, text="Which stores?") == first
    with pytest.raises(Refused):
        ask_back(actor=success(cast), item_id=item.pk, version=2, text="And which chains?")
    with pytest.raises(Refused) as refusal:
        clear_item(actor=success(cast), item_id=item.pk, version=2)
    assert refusal.value.code == "question_open"
    answer_question_back(actor=cast.rep, question_id=first.pk, text="All 214.")
    answer_question_back(actor=cast.rep, question_id=first.pk, text="All 214.")
    with pytest.raises(Refused):
        answer_question_back(actor=as_user(cast.jonas), question_id=first.pk, text="Only 20.")
    item.refresh_from_db()
    second = ask_back(actor=success(cast), item_id=item.pk, version=item.version, text="From when on?")
    answer_question_back(actor=cast.rep, question_id=second.pk, text="From June.")
    item.refresh_from_db()
    assert clear_item(actor=success(cast), item_id=item.pk, version=item.version).is_clear
    assert [one.answer for one in item.questions.all()] == ["All 214.", "From June."]


def test_the_review_stays_with_the_selling_side(cast: Cast, item: BriefItem) -> None:
    question = ask_back(actor=success(cast), item_id=item.pk, version=1, text="Which stores?")
    with pytest.raises(NotFound):
        answer_question_back(actor=cast.buyer, question_id=question.pk, text="All")
    with pytest.raises(NotAllowed):
        answer_question_back(actor=as_user(cast.colleague), question_id=question.pk, text="All")
    assert not ItemQuestion.objects.visible_to(cast.buyer).exists()
    assert not BriefItem.objects.visible_to(cast.buyer).exists()
    assert not Event.objects.visible_to(cast.buyer).filter(type__startswith="brief_item").exists()


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "x" * 5001, 7, None])
def test_words_that_cannot_be_taken(cast: Cast, item: BriefItem, text: str) -> None:
    with pytest.raises(Invalid) as fault:
        ask_back(actor=success(cast), item_id=item.pk, version=1, text=text)
    assert [one.field for one in fault.value.faults] == ["text"]
    assert not ItemQuestion.objects.exists()


def test_unknown_ids_are_not_found(cast: Cast, item: BriefItem) -> None:
    with pytest.raises(NotFound):
        clear_item(actor=success(cast), item_id=uuid4(), version=1)
    with pytest.raises(NotFound):
        answer_question_back(actor=cast.rep, question_id=uuid4(), text="All")


def test_waivers_and_open_questions_are_risks(cast: Cast) -> None:
    Deal.objects.filter(pk=cast.deal.pk).update(stage=Stage.objects.get(pipeline__slug="default", name="Plan"))
    waive_gate(actor=as_user(cast.jonas), deal_id=cast.deal.pk, gate="success_owner_named", reason="Named in June.")
    ask(cast, cast.problem(), of=cast.daniel)
    handoff = win(cast, success_owner=False)
    risks = list(handoff.items.filter(group="risks"))
    assert [(risk.kind, risk.content.get("gate")) for risk in risks] == [
        (ItemKind.WAIVER, "success_owner_named"),
        (ItemKind.OPEN_QUESTION, None),
    ]
    assert risks[0].body == "Named in June."
    assert [(risk.title, risk.content.get("name")) for risk in risks] == [("", None), ("", "Daniel Reyes")]
    accept_by_manager(cast, handoff)
    assert "risks" not in {item.group for item in BriefItem.objects.visible_to(cast.buyer)}


def accept_by_manager(cast: Cast, handoff: Handoff) -> None:
    from handoff.actions.handoff import assign_handoff

    assign_handoff(actor=success(cast), handoff_id=handoff.pk, version=1, user_id=cast.tomas.pk)
    accept(cast, handoff)


def test_a_yes_taken_back_after_the_close_is_an_open_risk(cast: Cast) -> None:
    handoff = accept(cast, win(cast))
    consent = Consent.objects.get(kind="problem", answer=Answer.AGREED)
    withdraw_consent(actor=cast.buyer, consent_id=consent.pk, note="We see it differently now.")
    risk = handoff.items.get(group="risks")
    assert (risk.kind, risk.source_id, risk.body) == ("lapsed_consent", consent.pk, "We see it differently now.")
    assert Deal.objects.get(pk=cast.deal.pk).status == "won"
    question = ask_back(actor=success(cast), item_id=risk.pk, version=1, text="What did she say?")
    answer_question_back(actor=cast.rep, question_id=question.pk, text="Site 4 is closed.")
    risk.refresh_from_db()
    assert clear_item(actor=success(cast), item_id=risk.pk, version=risk.version).is_clear
    agreed = handoff.items.get(group="criteria")
    with pytest.raises(Refused) as refusal:
        ask_back(actor=success(cast), item_id=agreed.pk, version=agreed.version, text="Once more?")
    assert refusal.value.code == "handoff_accepted"


def test_before_the_close_a_yes_taken_back_adds_nothing(cast: Cast) -> None:
    from tests.handoff.story import say

    say(ask(cast, cast.problem()))
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get().pk)
    assert not BriefItem.objects.exists()


def test_nothing_is_reviewed_in_a_cancelled_handoff(cast: Cast, item: BriefItem) -> None:
    cast.deal.refresh_from_db()
    undo_win(actor=as_user(cast.jonas), deal_id=cast.deal.pk, version=cast.deal.version, reason="By mistake")
    with pytest.raises(Refused) as refusal:
        clear_item(actor=success(cast), item_id=item.pk, version=1)
    assert refusal.value.code == "handoff_cancelled"


def test_a_contested_record_is_a_risk_too(cast: Cast) -> None:
    from tests.deals.actions.test_stage_move import record_yes

    record_yes(cast, cast.problem())
    handoff = win_after_record(cast)
    consent = Consent.objects.get(kind="problem", question__channel="phone")
    contest_consent(actor=cast.buyer, consent_id=consent.pk, note="I never said that.")
    assert handoff.items.get(group="risks").body == "I never said that."


def win_after_record(cast: Cast) -> Handoff:
    from deals.actions.stage_move import propose_move
    from tests.handoff.story import at_agree, say

    deal = at_agree(cast)
    say(ask(cast, cast.criteria(), propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=None)))
    return Handoff.objects.get()
