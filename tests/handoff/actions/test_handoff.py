"""The baton: opened at the win, assigned, accepted, confirmed, cancelled."""

import pytest

from crm.actions.consent import withdraw_consent
from crm.actors import as_participant, as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.models import Answer, Consent, Event, Question, RoomMember
from deals.actions.deal import change_deal
from deals.actions.stage_move import propose_move, undo_win
from deals.models import Deal, DealStatus
from handoff.actions.brief import ask_back
from handoff.actions.handoff import accept_handoff, ask_about_brief, assign_handoff
from handoff.models import Goal, Handoff, HandoffState, SuccessPlan
from tests.cast import Cast, make_user
from tests.handoff.story import accept, ask, at_agree, clear_all, say, success, win

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_the_win_opens_the_handoff_for_whoever_was_named(cast: Cast) -> None:
    handoff = win(cast)
    assert (handoff.from_user, handoff.to_user, handoff.state) == (cast.maya, cast.tomas, "open")
    assert [item.group for item in handoff.items.all()] == ["criteria", "problem", "people"]
    assert Event.objects.filter(type="handoff.opened", by_contact=cast.ingrid.contact).count() == 1


@pytest.mark.slow
def test_accepting_makes_one_goal_for_each_criterion(cast: Cast) -> None:
    cast.write_criterion(title="Fresh stock written off", direction="lower", baseline="6.1", target="4.5")
    handoff = accept(cast, win(cast))
    assert (handoff.state, handoff.accepted_by) == (HandoffState.ACCEPTED, cast.tomas)
    goals = list(Goal.objects.all())
    assert [goal.title for goal in goals] == ["Fill rate", "Fresh stock written off"]
    assert (str(goals[1].baseline), str(goals[1].target), goals[1].unit) == ("6.1000", "4.5000", "%")
    assert goals[0].buyer_owner == cast.ingrid.contact
    assert SuccessPlan.objects.get().owner == cast.tomas


@pytest.mark.slow
def test_accepting_names_each_item_that_is_not_clear(cast: Cast) -> None:
    handoff = win(cast)
    with pytest.raises(Refused) as refusal:
        accept_handoff(actor=success(cast), handoff_id=handoff.pk, version=handoff.version)
    assert refusal.value.code == "not_clear"
    assert {fault.field for fault in refusal.value.faults} == {f"items.{item.pk}" for item in handoff.items.all()}
    assert not SuccessPlan.objects.exists()


@pytest.mark.slow
def test_one_question_is_enough_to_wait(cast: Cast) -> None:
    handoff = win(cast)
    clear_all(cast, handoff)
    item = handoff.items.first()
    ask_back(actor=success(cast), item_id=item.pk, version=item.version, text="Which stores?")
    with pytest.raises(Refused) as refusal:
        accept_handoff(actor=success(cast), handoff_id=handoff.pk, version=handoff.version)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [(f"items.{item.pk}", "question")]


@pytest.mark.slow
def test_accepting_twice_is_once(cast: Cast) -> None:
    handoff = accept(cast, win(cast))
    again = accept_handoff(actor=success(cast), handoff_id=handoff.pk, version=1)
    assert again.version == handoff.version
    assert SuccessPlan.objects.count() == 1
    assert Event.objects.filter(type="handoff.accepted").count() == 1


@pytest.mark.slow
def test_a_stale_version_accepts_nothing(cast: Cast) -> None:
    handoff = win(cast)
    clear_all(cast, handoff)
    with pytest.raises(Stale):
        accept_handoff(actor=success(cast), handoff_id=handoff.pk, version=handoff.version + 1)
    assert Handoff.objects.get().is_open


@pytest.mark.slow
def test_who_may_accept(cast: Cast) -> None:
    handoff = win(cast)
    clear_all(cast, handoff)
    for user, error in ((cast.maya, NotAllowed), (cast.colleague, NotAllowed), (cast.stranger, NotFound)):
        with pytest.raises(error):
            accept_handoff(actor=as_user(user), handoff_id=handoff.pk, version=handoff.version)
    with pytest.raises(NotFound):
        accept_handoff(actor=cast.buyer, handoff_id=handoff.pk, version=handoff.version)
    assert accept_handoff(actor=as_user(cast.jonas), handoff_id=handoff.pk, version=handoff.version).is_accepted


@pytest.mark.slow
def test_the_customer_confirms_the_brief_with_a_fresh_code(cast: Cast) -> None:
    handoff = accept(cast, win(cast), asked_of=cast.ingrid.pk)
    question = Question.objects.open().get()
    assert "agreed" in question.sentence
    with pytest.raises(NotAllowed) as refusal:
        say_without_code(cast, question)
    assert refusal.value.code == "fresh_code_needed"
    say(question)
    handoff.refresh_from_db()
    assert (handoff.state, handoff.confirmed_by) == (HandoffState.CONFIRMED, cast.ingrid.contact)
    withdraw_consent(actor=cast.buyer, consent_id=Consent.objects.get(kind="brief").pk)
    handoff.refresh_from_db()
    assert (handoff.state, handoff.confirmed_at) == (HandoffState.ACCEPTED, None)


def say_without_code(cast: Cast, question: Question) -> None:
    from crm.actions.consent import answer_question, fingerprint

    actor = as_participant(cast.ingrid)
    shown = fingerprint(list(question.consents.all()))
    answer_question(actor=actor, question_id=question.pk, shown_hash=shown, answer="agreed")


@pytest.mark.slow
def test_the_brief_is_asked_about_only_once_accepted_and_of_somebody_who_sees_it_all(cast: Cast) -> None:
    handoff = win(cast)
    with pytest.raises(Refused) as early:
        ask_about_brief(actor=success(cast), handoff_id=handoff.pk, asked_of=cast.ingrid.pk)
    assert early.value.code == "not_accepted"
    accept(cast, handoff)
    narrow = cast.let_in(cast.contact("Erik Lund"), sections=["problem"])
    with pytest.raises(Refused) as refusal:
        ask_about_brief(actor=success(cast), handoff_id=handoff.pk, asked_of=narrow.pk)
    assert refusal.value.code == "may_not_answer"


@pytest.mark.slow
def test_a_no_to_the_brief_is_kept(cast: Cast) -> None:
    accept(cast, win(cast), asked_of=cast.ingrid.pk)
    say(Question.objects.open().get(), "declined")
    assert Handoff.objects.get().state == HandoffState.ACCEPTED
    assert Consent.objects.get(kind="brief").answer == Answer.DECLINED


@pytest.mark.slow
def test_undoing_the_win_cancels_an_unaccepted_handoff(cast: Cast) -> None:
    win(cast)
    undo(cast)
    assert Handoff.objects.get().state == HandoffState.CANCELLED
    say(ask(cast, propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=None)))
    assert Handoff.objects.active().get().is_open
    assert Handoff.objects.count() == 2


@pytest.mark.slow
def test_an_accepted_handoff_keeps_the_win(cast: Cast) -> None:
    accept(cast, win(cast))
    with pytest.raises(Refused) as refusal:
        undo(cast)
    assert refusal.value.code == "handoff_accepted"
    assert Deal.objects.get(pk=cast.deal.pk).status == DealStatus.WON


def undo(cast: Cast) -> None:
    cast.deal.refresh_from_db()
    undo_win(actor=as_user(cast.jonas), deal_id=cast.deal.pk, version=cast.deal.version, reason="Signed by mistake")


@pytest.mark.slow
def test_without_a_name_it_waits_and_customer_success_takes_it(cast: Cast) -> None:
    handoff = win(cast, success_owner=False)
    assert handoff.to_user is None
    with pytest.raises(NotFound):
        assign_handoff(actor=as_user(cast.priya), handoff_id=handoff.pk, version=1, user_id=cast.priya.pk)
    taken = assign_handoff(actor=success(cast), handoff_id=handoff.pk, version=1, user_id=cast.tomas.pk)
    assert taken.to_user == cast.tomas
    assert RoomMember.objects.filter(room=handoff.room, user=cast.tomas).exists()
    assert Deal.objects.get(pk=cast.deal.pk).success_owner == cast.tomas
    late = make_user("Lena Late", "success", None)
    with pytest.raises(NotFound):
        assign_handoff(actor=as_user(late), handoff_id=handoff.pk, version=2, user_id=late.pk)


@pytest.mark.slow
def test_a_buyers_yes_is_kept_though_whoever_was_named_has_left(cast: Cast) -> None:
    deal = at_agree(cast)
    cast.tomas.is_active = False
    cast.tomas.save(update_fields=["is_active"])
    say(ask(cast, cast.problem(), cast.criteria(), propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=None)))
    assert set(Consent.objects.values_list("answer", flat=True)) == {Answer.AGREED}
    handoff = Handoff.objects.get(deal=deal)
    assert (handoff.deal.status, handoff.to_user) == (DealStatus.WON, None)


@pytest.mark.slow
def test_a_manager_names_somebody_of_customer_success(cast: Cast) -> None:
    handoff = win(cast, success_owner=False)
    manager = as_user(cast.jonas)
    with pytest.raises(Invalid):
        assign_handoff(actor=manager, handoff_id=handoff.pk, version=1, user_id=cast.maya.pk)
    with pytest.raises(Refused) as refusal:
        accept_handoff(actor=manager, handoff_id=handoff.pk, version=1)
    assert refusal.value.code == "nobody_takes_over"
    with pytest.raises(Stale):
        assign_handoff(actor=manager, handoff_id=handoff.pk, version=7, user_id=cast.tomas.pk)
    with pytest.raises(NotAllowed):
        assign_handoff(actor=cast.rep, handoff_id=handoff.pk, version=1, user_id=cast.tomas.pk)
    assign_handoff(actor=manager, handoff_id=handoff.pk, version=1, user_id=cast.tomas.pk)
    again = assign_handoff(actor=manager, handoff_id=handoff.pk, version=1, user_id=cast.tomas.pk)
    assert (again.to_user, again.version) == (cast.tomas, 2)


@pytest.mark.slow
def test_deal_and_handoff_never_name_two_people(cast: Cast) -> None:
    handoff = accept(cast, win(cast))
    other = make_user("Nora Next", "success", None)
    deal = Deal.objects.get(pk=cast.deal.pk)
    change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, values={"success_owner": other.pk})
    handoff.refresh_from_db()
    assert handoff.to_user == other
    assert SuccessPlan.objects.get().owner == other
    with pytest.raises(Refused):
        change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version + 1, values={"success_owner": None})


@pytest.mark.slow
def test_nobody_sees_more_than_their_room(cast: Cast) -> None:
    handoff = win(cast)
    seen = Handoff.objects.visible_to
    assert not seen(cast.buyer).exists()
    assert not seen(as_user(cast.priya)).exists()
    assert not seen(as_user(cast.stranger)).exists()
    accept(cast, handoff)
    assert seen(cast.buyer).exists()
    other = Cast.let_in(cast, cast.contact("Ruth Abara"), revoked_at=now())
    assert not seen(as_participant(other)).exists()
