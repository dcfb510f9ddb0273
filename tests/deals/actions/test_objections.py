"""A yes that was taken back, a record that is contested: what holds the next move, and that nothing holds it for ever."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.consent import contest_consent, withdraw_consent
from crm.actions.participant import change_participant, invite_contact, revoke_participant
from crm.actors import as_participant, as_user
from crm.clock import now
from crm.errors import NotFound, Refused
from crm.models import Answer, Consent, Participant
from crm.queries.receipt import get_receipt
from crm.queries.timeline import room_timeline
from crm.receipt import facts_of, way_back
from deals.actions.problem import edit_statement
from deals.actions.stage_move import execute_move, waive_gate
from deals.models import Deal, ProblemStatement
from deals.queries.gate import gate_states
from deals.queries.stage_move import faults_of_move
from deals.queries.standing import DealStanding
from handoff.models import BriefItem
from handoff.queries.risk import heading_of
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import ask, move_to, put_at, record_yes, say, stage, stage_name

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem("Words A.")
    put_at(cast.deal, "Understand")
    return cast


def rewrite(cast: Cast, text: str) -> None:
    row = ProblemStatement.objects.get()
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": text})


def held_by(cast: Cast) -> list[Consent]:
    return DealStanding(Deal.objects.get(pk=cast.deal.pk)).objections


@pytest.mark.parametrize(("answer", "words"), [("agreed", "later yes stands"), ("declined", "answered this anew")])
def test_a_yes_that_another_answer_replaced_is_not_taken_back(cast: Cast, answer: str, words: str) -> None:
    first = say(ask(cast, cast.problem())).consents.get()
    rewrite(cast, "Words B.")
    later = say(ask(cast, cast.problem()), answer).consents.get()
    with pytest.raises(Refused, match=words) as refusal:
        withdraw_consent(actor=cast.buyer, consent_id=first.pk)
    assert refusal.value.code == "superseded"
    address = reverse("room:receipt", args=[cast.deal.room_id, first.pk])
    page = client_of(cast.ingrid.contact).get(address).content.decode()
    assert reverse("room:receipt", args=[cast.deal.room_id, later.pk]) in page
    assert reverse("room:turn", args=[cast.deal.room_id, first.pk, "withdraw"]) not in page
    receipt = get_receipt(cast.buyer, first.pk)
    assert "A later answer of theirs stands in its place" in [fact.text for fact in facts_of(receipt)]
    assert way_back(receipt) == ""


def test_the_later_yes_is_taken_back_and_then_holds_the_deal(cast: Cast) -> None:
    say(ask(cast, cast.problem()))
    rewrite(cast, "Words B.")
    later = say(ask(cast, cast.problem())).consents.get()
    withdraw_consent(actor=cast.buyer, consent_id=later.pk)
    assert held_by(cast) == [later]


def test_a_replaced_yes_that_the_former_release_let_be_taken_back_holds_nothing(cast: Cast) -> None:
    first = say(ask(cast, cast.problem())).consents.get()
    rewrite(cast, "Words B.")
    say(ask(cast, cast.problem()))
    Consent.objects.filter(pk=first.pk).update(answer=Answer.WITHDRAWN, answered_at=now())
    assert held_by(cast) == []
    say(ask(cast, move_to(cast, "Define success")))
    assert stage_name(cast) == "Define success"


def test_contesting_a_record_that_was_answered_anew_holds_nothing(cast: Cast) -> None:
    recorded = record_yes(cast, cast.problem()).consents.get()
    rewrite(cast, "Words B.")
    say(ask(cast, cast.problem()))
    contest_consent(actor=cast.buyer, consent_id=recorded.pk)
    assert held_by(cast) == []


def take_back(cast: Cast) -> Consent:
    given = say(ask(cast, cast.problem())).consents.get()
    return withdraw_consent(actor=cast.buyer, consent_id=given.pk)


def contest_a_move(cast: Cast) -> Consent:
    recorded = record_yes(cast, move_to(cast, "Define success")).consents.get()
    return contest_consent(actor=cast.buyer, consent_id=recorded.pk)


def leave(cast: Cast) -> None:
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)


def read_along(cast: Cast) -> None:
    version = Participant.objects.get(pk=cast.ingrid.pk).version
    change_participant(actor=cast.rep, participant_id=cast.ingrid.pk, version=version, sections=None, may_answer=False)


def let_pass(cast: Cast, consent: Consent) -> None:
    waive_gate(actor=as_user(cast.jonas), deal_id=cast.deal.pk, gate=f"objection-{consent.pk}", reason="She left.")


def go_on(cast: Cast) -> None:
    version = Deal.objects.get(pk=cast.deal.pk).version
    to = stage(cast.deal, "Define success")
    execute_move(actor=cast.rep, deal_id=cast.deal.pk, version=version, to_stage_id=to.pk)


@pytest.mark.parametrize("objects", [take_back, contest_a_move])
@pytest.mark.parametrize("goes", [leave, read_along])
def test_what_somebody_objects_to_who_answers_no_more_is_waived_by_a_manager(
    cast: Cast, objects: Callable[[Cast], Consent], goes: Callable[[Cast], None]
) -> None:
    objection = objects(cast)
    goes(cast)
    say(ask(cast, cast.problem(), move_to(cast, "Define success"), of=cast.daniel))
    assert stage_name(cast) == "Understand"
    with pytest.raises(Refused) as refusal:
        go_on(cast)
    assert [fault.code for fault in refusal.value.faults] == [f"gate.objection-{objection.pk}"]
    assert "Ingrid Solberg" in str(refusal.value.faults[0].message)
    let_pass(cast, objection)
    go_on(cast)
    assert stage_name(cast) == "Define success"
    assert all(state.lets_pass for state in gate_states(DealStanding(cast.deal)) if "objection" in state.gate.code)


def test_nobody_waives_what_the_person_can_still_settle(cast: Cast) -> None:
    objection = take_back(cast)
    with pytest.raises(NotFound):
        let_pass(cast, objection)


def test_let_in_again_they_hold_the_deal_themselves(cast: Cast) -> None:
    objection = take_back(cast)
    leave(cast)
    let_pass(cast, objection)
    invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=cast.ingrid.contact_id, may_answer=True)
    say(ask(cast, cast.problem(), move_to(cast, "Define success"), of=cast.daniel))
    with pytest.raises(Refused) as refusal:
        go_on(cast)
    assert [fault.code for fault in refusal.value.faults] == ["withdrawn"]


def test_the_manager_finds_it_on_the_deal_and_the_handoff_lists_it(cast: Cast, client: Client) -> None:
    cast.write_criterion()
    objection = take_back(cast)
    leave(cast)
    client.force_login(cast.jonas)
    page = client.get(f"/deals/{cast.deal.pk}/").content.decode()
    assert "Ingrid Solberg took a yes back, and does not answer here any more" in page
    address = reverse("deals:waive_gate", args=[cast.deal.pk, f"objection-{objection.pk}"])
    assert address in page
    assert client.post(address, {"reason": "She has left Halvorsen."}).status_code == 302
    said = [str(one.entry.sentence) for one in room_timeline(cast.rep, cast.deal.room_id).happenings]
    label = "An objection of somebody who does not answer any more"
    assert f"Jonas Weber let the deal go on without: {label}" in said
    put_at(cast.deal, "Agree")
    say(ask(cast, move_to(cast, None), of=cast.daniel))
    risks = {heading_of(item) for item in BriefItem.objects.filter(group="risks")}
    assert risks == {label, "Ingrid Solberg took a yes back"}


def test_what_one_person_says_of_several_things_stands_in_the_way_once(cast: Cast) -> None:
    put_at(cast.deal, "Meet")
    both = say(ask(cast, cast.problem(), move_to(cast, "Understand")))
    say(ask(cast, cast.problem(), of=cast.daniel))
    for consent in both.consents.all():
        withdraw_consent(actor=cast.buyer, consent_id=consent.pk)
    withdraw_consent(actor=as_participant(cast.daniel), consent_id=cast.daniel.questions.get().consents.get().pk)
    standing = DealStanding(Deal.objects.get(pk=cast.deal.pk))
    said = [str(one.message) for one in faults_of_move(standing, None, None) if one.code == "withdrawn"]
    assert said == ["Ingrid Solberg took a yes back.", "Daniel Reyes took a yes back."]
