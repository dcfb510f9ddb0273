"""Participants over REST: contacts let into a room, and their invitations. Links go to the mailbox, never through here."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.participant import change_participant, invite_contact, revoke_participant
from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from crm.models import Participant, Side
from crm.queries.room import get_room

_SIDES = [(side.value, side.label) for side in (Side.BUYER, Side.PARTNER)]


class ParticipantAnswer(serializers.Serializer[Any]):
    """One contact's place in one room. `sections` null: every shared one."""

    id = Id()
    room = Id(source="room_id")
    contact = Id(source="contact_id")
    name = Text(source="contact.name")
    side = serializers.ChoiceField(_SIDES)
    sections = serializers.ListField(child=Text(), allow_null=True)
    may_answer = serializers.BooleanField()
    invited_by = Id(source="invited_by_id")
    invited_at = Time()
    joined_at = Time(allow_null=True)
    revoked_at = Time(allow_null=True)
    version = serializers.IntegerField()


class Inviting(serializers.Serializer[Any]):
    """Whom to let in. The link and the code are mailed to the contact's address."""

    contact = Id()
    side = serializers.ChoiceField(
        _SIDES,
        required=False,
        help_text="Default: as on the map of people, or else the buyer's. Another side is refused.",
    )
    sections = serializers.ListField(child=Text(max_length=32), required=False, allow_null=True, max_length=50)
    may_answer = YesNo(required=False)


class ParticipantChange(serializers.Serializer[Any]):
    """What they see, and whether they answer for their side."""

    sections = serializers.ListField(child=Text(max_length=32), allow_null=True, max_length=50)
    may_answer = YesNo()


PARTICIPANTS = Listing(
    ParticipantAnswer,
    filters=(Filter("contact", "id"), Filter("side", choices=(Side.BUYER.value, Side.PARTNER.value))),
    sorts=("invited_at",),
)


class ParticipantList(APIView):
    """Who was let into a room."""

    @reads("list_participants", "rooms:read", listing=PARTICIPANTS)
    def get(self, request: Request, room_id: UUID) -> Response:
        """List buyers and partners of a room, also those whose access was taken back."""
        room = get_room(actor_of(request), room_id)
        return page(request, PARTICIPANTS, _visible(actor_of(request)).filter(room=room))

    @writes("invite_contact", "rooms:write", takes=Inviting, answers=ParticipantAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], room_id: UUID) -> Response:
        """Let a contact in and mail them a link; for somebody who is in already, a new link."""
        contact_id = values.pop("contact")
        grant = invite_contact(actor=actor_of(request), room_id=room_id, contact_id=contact_id, **values)
        return one(request, ParticipantAnswer, grant, status=201, location=reverse("api:participant", args=[grant.pk]))


class ParticipantDetail(APIView):
    """One participant."""

    @reads("get_participant", "rooms:read", answers=ParticipantAnswer)
    def get(self, request: Request, participant_id: UUID) -> Response:
        """Read a participant."""
        return one(request, ParticipantAnswer, get_participant(actor_of(request), participant_id))

    @writes("change_participant", "rooms:write", takes=ParticipantChange, answers=ParticipantAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], participant_id: UUID) -> Response:
        """Change what somebody sees, or whether they answer."""
        found = get_participant(actor_of(request), participant_id)
        now_set = {"sections": found.sections, "may_answer": found.may_answer}
        changed = change_participant(
            actor=actor_of(request),
            participant_id=participant_id,
            version=version_of(request),
            **(now_set | values),
        )
        return one(request, ParticipantAnswer, changed)

    @writes("revoke_participant", "rooms:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], participant_id: UUID) -> Response:
        """Take somebody's access back, at once. What they agreed and wrote stays."""
        revoke_participant(actor=actor_of(request), participant_id=participant_id, version=version_of(request))
        return gone()


class ParticipantInvitation(APIView):
    """A new link."""

    @writes("renew_invitation", "rooms:write", answers=ParticipantAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], participant_id: UUID) -> Response:
        """Mail a new link to a participant; links that were mailed before end."""
        found = get_participant(actor_of(request), participant_id)
        grant = invite_contact(
            actor=actor_of(request),
            room_id=found.room_id,
            contact_id=found.contact_id,
            side=found.side if found.is_active else None,
            sections=found.sections,
            may_answer=found.may_answer,
        )
        return one(request, ParticipantAnswer, grant, status=201)


def get_participant(actor: Actor, participant_id: UUID) -> Participant:
    """Return a participant of a room in the actor's sight. Raises `NotFound`."""
    found: Participant | None = _visible(actor).filter(pk=participant_id).first()
    if found is None:
        raise NotFound
    return found


def _visible(actor: Actor) -> Any:
    return Participant.objects.visible_to(actor).select_related("contact")
