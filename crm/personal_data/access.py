"""How somebody comes in: invitations, codes, sign-ins, passkeys, grants, and requests to bring somebody in."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.formats import erased_name
from crm.models import (
    AccessRequest,
    AccessRequestState,
    AddressChange,
    Contact,
    Invitation,
    Participant,
    Passkey,
    PasskeyChallenge,
    RoomSession,
    SignInCode,
)
from crm.personal_data.person import Person
from crm.personal_data.rows import deleted, fields_of, plain
from crm.registry import PersonalDataPlace


def _invitations(person: Person) -> Any:
    return Invitation.objects.filter(participant__contact=person.contact)


def _sessions(person: Person) -> Any:
    return RoomSession.objects.filter(contact=person.contact)


def _address_changes(person: Person) -> Any:
    return AddressChange.objects.filter(contact=person.contact)


def _challenges(person: Person) -> Any:
    return PasskeyChallenge.objects.filter(contact=person.contact)


def _asked_for(contact: Contact) -> Any:
    """Return the requests to bring this person in: by what came of it, or by name and address."""
    same = Q(name__iexact=contact.name, email__iexact=contact.email) if contact.email else Q(pk=None)
    return AccessRequest.objects.filter(Q(participant__contact=contact) | same)


def _asked_by(person: Person) -> Any:
    return AccessRequest.objects.filter(asked_by__contact=person.contact)


def _rooms_of_requests(contact: Contact) -> Iterable[UUID]:
    return _asked_for(contact).values_list("room", flat=True)  # type: ignore[no-any-return]


def _erase_asked_for(person: Person) -> int:
    requests = _asked_for(person.contact)
    requests.filter(state=AccessRequestState.OPEN).update(state=AccessRequestState.DECLINED, decided_at=now())
    return int(requests.update(name=erased_name(), email="", title="", reason="", note=""))


_REQUEST = ("name", "email", "title", "reason", "note")

PLACES = (
    PersonalDataPlace(
        name="invitations",
        label=_("Invitations"),
        fields=fields_of("crm.Invitation", "email", "token_hash"),
        export=lambda person: plain(_invitations(person), "email", "created_at", "expires_at", "revoked_at"),
        erase=lambda person: deleted(_invitations(person)),
    ),
    PersonalDataPlace(
        name="address_changes",
        label=_("Changes of your address"),
        fields=fields_of("crm.AddressChange", "old_email", "reason"),
        export=lambda person: plain(
            _address_changes(person), "old_email", "changed_by__name", "changed_at", "settled_at", "reason"
        ),
        erase=lambda person: deleted(_address_changes(person)),
    ),
    PersonalDataPlace(
        name="codes",
        label=_("Codes that were asked for"),
        fields=fields_of("crm.SignInCode", "sent_to", "address", "browser_hash", "code_hash"),
        export=lambda person: plain(
            SignInCode.objects.filter(contact=person.contact), "sent_to", "address", "created_at", "consumed_at"
        ),
        erase=lambda person: deleted(SignInCode.objects.filter(contact=person.contact)),
    ),
    PersonalDataPlace(
        name="sessions",
        label=_("Sign-ins"),
        fields=fields_of("crm.RoomSession", "browser", "address", "key_hash", "method"),
        export=lambda person: plain(
            _sessions(person), "method", "created_at", "last_seen_at", "ended_at", "browser", "address"
        ),
        erase=lambda person: deleted(_sessions(person)),
    ),
    PersonalDataPlace(
        name="passkeys",
        label=_("Passkeys"),
        fields=fields_of("crm.Passkey", "name", "credential_id", "credential")
        | fields_of("crm.PasskeyChallenge", "browser_hash", "state", "address"),
        export=lambda person: (
            plain(Passkey.objects.filter(contact=person.contact), "name", "created_at", "last_used_at")
            + plain(_challenges(person), "address", "created_at")
        ),
        # The challenges first: whoever is adding a passkey holds one, and is waited for.
        erase=lambda person: deleted(_challenges(person)) + deleted(Passkey.objects.filter(contact=person.contact)),
    ),
    PersonalDataPlace(
        name="grants",
        label=_("Rooms you were let into"),
        fields=fields_of("crm.Participant", "side", "sections"),
        export=lambda person: plain(
            Participant.objects.filter(contact=person.contact),
            *("room__title", "side", "sections", "may_answer"),
            *("invited_at", "joined_at", "last_seen_at", "revoked_at"),
        ),
        erase=lambda person: Participant.objects.filter(contact=person.contact, last_seen_at__isnull=False).update(
            last_seen_at=None
        ),
    ),
    PersonalDataPlace(
        name="access_requests_for",
        label=_("Requests to bring you in"),
        fields=fields_of("crm.AccessRequest", *_REQUEST),
        export=lambda person: plain(_asked_for(person.contact), "name", "email", "title", "state", "created_at"),
        erase=_erase_asked_for,
        rooms=_rooms_of_requests,
    ),
    PersonalDataPlace(
        name="access_requests_by",
        label=_("Whom you asked to bring in"),
        fields=fields_of("crm.AccessRequest", "reason", "note"),
        export=lambda person: plain(_asked_by(person), "name", "reason", "note", "state", "created_at"),
        erase=lambda person: _asked_by(person).exclude(reason="", note="").update(reason="", note=""),
    ),
)
