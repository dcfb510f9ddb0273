"""Who may be told of what: for each type of event whether guests hear of it. A new type has to say so here."""

from collections.abc import Callable

import pytest

from crm.actions.data_request import request_data
from crm.actions.participant import change_participant
from crm.actors import Actor, as_key, as_user
from crm.models import ApiKey, Event, User
from crm.queries.live import events_by_id, room_readers
from crm.registry import rendered_types
from crm.rules.live import FOR_ADMINISTRATORS, FOR_ONE
from deals.actions.deal import change_deal
from deals.actions.stage_move import undo_win, waive_gate
from deals.models import Deal, Stage
from handoff.actions.handoff import assign_handoff
from tests.api.caller import make_key
from tests.canaries import plant
from tests.cast import Cast, make_user
from tests.crm.room.door import come_in
from tests.handoff import story

pytestmark = pytest.mark.django_db

ROWS = ("problemstatement", "criterion", "stakeholder")
VERBS = ("added", "edited", "shared", "archived")
EVERYBODY = {
    *(f"access_request.{one}" for one in ("made", "approved", "declined", "withdrawn")),
    *(f"consent.{one}" for one in ("asked", "cancelled", "change_suggested", "confirmed", "contested", "declined")),
    *(f"consent.{one}" for one in ("given", "record_withdrawn", "reopened", "replaced", "withdrawn")),
    *(f"deal.{one}" for one in ("opened", "moved", "moved_back", "won", "win_undone", "lost", "paused", "reopened")),
    *(f"goal.{one}" for one in ("no_data", "on_track", "at_risk", "off_track", "reached", "missed")),
    *(f"measurement.{one}" for one in ("recorded", "corrected", "confirmed", "disputed", "dispute_answered")),
    *(f"participant.{one}" for one in ("changed", "facts_changed", "revoked", "signed_in")),
    *(f"participant.address_{one}" for one in ("changed", "confirmed", "refused", "vouched")),
    "deal.ended_in_agreement",
    "goal.confirmed",
    "goal.confirmation_withdrawn",
    "handoff.accepted",
    "handoff.confirmed",
    "handoff.confirmation_withdrawn",
    "invitation.sent",
    "member.added",
    "member.removed",
    "room.opened",
    "room.changed",
    "room.welcome_changed",
    "section.restored",
    "success_plan.opened",
}
"""What both sides see in the room anyway."""

AS_SHARED = {
    *(f"{row}.{verb}" for row in ROWS for verb in VERBS),
    *(f"activity.{one}" for one in ("logged", "changed", "shared", "archived")),
    *(f"attachment.{one}" for one in ("added", "checked", "drawn", "refused", "erased", "taken_out")),
    *(f"comment.{one}" for one in ("added", "changed", "resolved", "reopened", "archived")),
    "consent.reminder_wanted",
    "deal.changed",
    "handoff.assigned",
    "passkey.added",
    "passkey.removed",
    "stakeholder.assessed",
    "words.set_aside",
}
"""Told to whom the row is shown: a side's own, or everybody's. A fact of a deal that guests see, a handoff once it is accepted."""

SELLER = {
    *(f"brief_item.{one}" for one in ("added", "answered", "cleared", "questioned")),
    "deal.archived",
    "deal.restored",
    "deal.thanked",
    "gate.waived",
    "handoff.opened",
    "handoff.cancelled",
}
"""The selling side's own, whatever it is about."""

STAFF = {
    *(f"contact.{one}" for one in ("created", "changed", "archived", "restored", "merged", "unmerged")),
    *(f"organization.{one}" for one in ("created", "changed", "archived", "restored", "merged", "unmerged")),
    "relationship.stated",
    "bulk_change.done",
    "bulk_change.undone",
    *(f"user.{one}" for one in ("created", "changed", "deactivated", "reactivated")),
    *(f"product.{one}" for one in ("created", "changed", "archived")),
    "exchange_rate.set",
    "exchange_rate.removed",
    *(f"custom_field.{one}" for one in ("created", "changed", "archived", "restored")),
    *(f"webhook_endpoint.{one}" for one in ("created", "changed", "secret_rotated", "switched_off", "archived")),
    *(f"team.{one}" for one in ("created", "changed")),
    *(f"pipeline.{one}" for one in ("created", "changed", "archived", "restored")),
    "stage.changed",
    *(f"view.{one}" for one in ("saved", "changed", "deleted")),
    "api_key.created",
    "api_key.renewed",
    "api_key.revoked",
    *(f"import.{one}" for one in ("finished", "cancelled", "undone")),
}
"""Without a room: all of the staff."""

BOTH = {"contact.erased"}
"""Once in each room of the person, once for the staff."""


def test_every_type_says_who_may_hear_of_it() -> None:
    groups = (EVERYBODY, AS_SHARED, SELLER, STAFF, BOTH, FOR_ADMINISTRATORS, FOR_ONE)
    assert sum(map(len, groups)) == len(set().union(*groups)), "a type stands in two groups"
    assert set().union(*groups) == rendered_types()


def undone(cast: Cast) -> None:
    """A gate is waived, the deal is won, its handoff passed on, and all of it undone."""
    cast.write_problem()
    waive(cast)
    cast.write_criterion()
    handoff = story.win(cast)
    anna = make_user("Anna Success", "success", None)
    assign_handoff(actor=as_user(cast.jonas), handoff_id=handoff.pk, version=handoff.version, user_id=anna.pk)
    deal = Deal.objects.get(pk=cast.deal.pk)
    undo_win(actor=as_user(cast.jonas), deal_id=deal.pk, version=deal.version, reason="By mistake.")


def waive(cast: Cast) -> Event:
    define = Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Define success")
    Deal.objects.filter(pk=cast.deal.pk).update(stage=define)
    waive_gate(actor=as_user(cast.jonas), deal_id=cast.deal.pk, gate="must_have_measurable", reason="Later.")
    return Event.objects.filter(type="gate.waived").latest("at")


@pytest.mark.slow
@pytest.mark.parametrize("happens", [plant, undone])
def test_what_is_recorded_keeps_to_it(happens: Callable[[Cast], object]) -> None:
    happens(Cast())
    events = Event.objects.all()
    assert len({event.type for event in events}) > 10
    for event in events:
        where = f"{event.type}, private to {event.private_to or 'nobody'}, room {event.room_id}"
        assert (event.room_id is None) == (event.type in STAFF | FOR_ADMINISTRATORS | FOR_ONE), where
        if event.type in SELLER:
            assert event.private_to == "seller", where
        elif event.type in EVERYBODY:
            assert not event.private_to, where


def hears(cast: Cast, event: Event) -> bool:
    """Whether Ingrid's open page is told, which must be what the feed would say."""
    session = come_in(cast.ingrid.contact)[0]
    (told,) = events_by_id([event.pk])
    is_told = room_readers({session.pk})[session.pk].sees(told.happened)
    assert is_told == Event.objects.visible_to(cast.buyer).filter(pk=event.pk).exists()
    return is_told


class TestGuests:
    @pytest.fixture
    def cast(self) -> Cast:
        cast = Cast()
        assert cast.ingrid
        return cast

    def test_hear_nothing_of_a_waived_gate(self, cast: Cast) -> None:
        cast.write_problem()
        cast.write_criterion(weight="nice")
        assert not hears(cast, waive(cast))

    @pytest.mark.parametrize(
        ("values", "told"), [({"amount": "9"}, False), ({"amount_note": "x"}, False), ({"title": "New"}, True)]
    )
    def test_hear_only_of_facts_that_they_see(self, cast: Cast, values: dict, told: bool) -> None:
        change_deal(actor=cast.rep, deal_id=cast.deal.pk, version=cast.deal.version, values=values)
        assert hears(cast, Event.objects.get(type="deal.changed")) == told

    @pytest.mark.slow
    def test_hear_of_a_handoff_once_it_is_accepted(self, cast: Cast) -> None:
        cast.write_problem()
        cast.write_criterion()
        handoff = story.win(cast)
        assert not hears(cast, Event.objects.get(type="handoff.opened"))
        anna = make_user("Anna Success", "success", None)
        assign_handoff(actor=as_user(cast.jonas), handoff_id=handoff.pk, version=handoff.version, user_id=anna.pk)
        assert not hears(cast, Event.objects.get(type="handoff.assigned"))
        handoff.refresh_from_db()
        assign_handoff(actor=as_user(anna), handoff_id=handoff.pk, version=handoff.version, user_id=cast.tomas.pk)
        story.accept(cast, handoff)
        assert hears(cast, Event.objects.get(type="handoff.accepted"))
        handoff.refresh_from_db()
        assign_handoff(actor=as_user(cast.jonas), handoff_id=handoff.pk, version=handoff.version, user_id=anna.pk)
        assert hears(cast, Event.objects.filter(type="handoff.assigned").latest("at"))

    def test_hear_of_their_own_access(self, cast: Cast) -> None:
        change_participant(
            actor=cast.rep, participant_id=cast.ingrid.pk, version=1, sections=["criteria"], may_answer=True
        )
        assert hears(cast, Event.objects.get(type="participant.changed"))


def test_only_administrators_are_told_who_asked_to_be_erased() -> None:
    cast = Cast()
    request_data(actor=cast.buyer, kind="erasure")
    made = Event.objects.filter(type="data_request.made")
    told = {
        "administrator": as_user(cast.admin),
        "key with the scope": key(cast.admin, "events:read", "admin"),
        "manager": as_user(cast.jonas),
        "rep": as_user(cast.maya),
        "key of a rep": key(cast.maya),
        "key without the scope": key(cast.admin, "events:read"),
    }
    assert [name for name, actor in told.items() if made.visible_to(actor).exists()] == list(told)[:2]


def key(user: User, *scopes: str) -> Actor:
    make_key(user, *scopes)
    return as_key(ApiKey.objects.filter(user=user).latest("created_at"))
