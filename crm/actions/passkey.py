"""Coming in with a passkey instead of a code, and adding one. Each challenge is signed once, in the browser that asked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from crm import passkeys
from crm.actions.sign_in import Browser, begin_session
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Contact, Participant, Passkey, PasskeyChallenge, RoomSession
from crm.queries.waiting import FRESH_FOR

CHALLENGE_LASTS = timedelta(minutes=5)
PER_ADDRESS = (60, timedelta(hours=1))
"""How many challenges one network address may ask for."""
MOST_PASSKEYS = 10

Answer = TypeVar("Answer", AuthenticationResponse, RegistrationResponse)


def begin_adding(*, actor: Actor, browser: Browser) -> dict[str, Any]:
    """Return what the browser makes a passkey from (WebAuthn creation options, JSON).

    Raises `NotAllowed` (`fresh_code_needed`) unless the mailbox was proved within 30 minutes, `Refused` for too many.
    """
    contact = _person(actor).contact
    known = list(Passkey.objects.filter(contact=contact))
    if len(known) >= MOST_PASSKEYS:
        raise Refused(_("Ten passkeys are the most. Take one away first."), code="too_many")
    user = PublicKeyCredentialUserEntity(id=contact.pk.bytes, name=contact.email, display_name=contact.name)
    options, state = passkeys.server().register_begin(
        user,
        credentials=[_credential(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep_challenge(browser, state, contact)
    return dict(options)


@transaction.atomic
def add_passkey(*, actor: Actor, browser: Browser, response: Any, name: str) -> Passkey:
    """Keep the passkey that the browser made. Both sides see in the room that there is one; only the person sees which."""
    checks = Checks()
    name = checks.line("name", name)
    checks.done()
    grant = _person(actor)
    state = _take_challenge(browser, grant.contact)
    try:
        made = passkeys.server().register_complete(state, _read(RegistrationResponse, response))
    except (ValueError, TypeError, KeyError) as error:
        raise _not_taken() from error
    credential = made.credential_data
    if credential is None or Passkey.objects.filter(credential_id=credential.credential_id).exists():
        raise _not_taken()
    passkey = Passkey.objects.create(
        contact=grant.contact,
        credential_id=credential.credential_id,
        credential=bytes(credential),
        sign_count=made.counter,
        name=name,
        created_at=now(),
    )
    record("passkey.added", actor=actor, room=grant.room, subject=passkey, private_to=actor.side)
    return passkey


@transaction.atomic
def remove_passkey(*, actor: Actor, passkey_id: UUID) -> None:
    """Take one of one's own passkeys away. Raises `NotFound` for anybody else's."""
    grant = actor.participant
    passkey = Passkey.objects.filter(pk=passkey_id, contact=grant.contact).first() if grant else None
    if grant is None or passkey is None:
        raise NotFound
    record("passkey.removed", actor=actor, room=grant.room, subject=passkey, private_to=actor.side)
    passkey.delete()


def begin_entering(*, browser: Browser) -> dict[str, Any]:
    """Return what the browser's passkey signs to come in (WebAuthn request options, JSON); it names nobody."""
    at = now()
    limit, within = PER_ADDRESS
    recent = PasskeyChallenge.objects.filter(browser.neighbours, created_at__gt=at - within)
    if recent.count() >= limit:
        raise Refused(_("That was asked for very often from here. Wait a while, or ask for a code."), code="too_often")
    options, state = passkeys.server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    _keep_challenge(browser, state, None)
    return dict(options)


@transaction.atomic
def enter_with_passkey(*, browser: Browser, response: Any, old_session: str = "") -> tuple[RoomSession, str]:
    """Let somebody in whose passkey signed this browser's challenge. Returns the session and its new secret.

    As with a code, the same person's session goes on, fresh again. Raises `Refused` when it does not fit.
    """
    state = _take_challenge(browser, None)
    signed = _read(AuthenticationResponse, response)
    passkey = _lock_passkey(signed.raw_id)
    if passkey is None or not Participant.objects.active().filter(contact=passkey.contact).exists():
        raise _not_taken()
    try:
        passkeys.server().authenticate_complete(state, [_credential(passkey)], signed)
    except (ValueError, TypeError, KeyError) as error:
        raise _not_taken() from error
    _count_use(passkey, signed.response.authenticator_data.counter)
    return begin_session(passkey.contact, browser, old_session, method=RoomSession.Method.PASSKEY)


def _lock_passkey(credential_id: bytes) -> Passkey | None:
    """Lock the person first, as a new address and an erasure do: whoever comes second finds what the first one left."""
    known = Passkey.objects.filter(credential_id=credential_id)
    Contact.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=known.values("contact")).first()
    locked = known.select_for_update(of=("self",), no_key=True).select_related("contact")
    return locked.first()


def _count_use(passkey: Passkey, counter: int) -> None:
    """A counter that does not grow tells of a copied key; devices that count nothing always say 0 (WebAuthn, 6.1.1)."""
    if counter and counter <= passkey.sign_count:
        raise _not_taken()
    passkey.sign_count, passkey.last_used_at = counter, now()
    passkey.save(update_fields=["sign_count", "last_used_at"])


def _person(actor: Actor) -> Participant:
    """Return who acts, when their mailbox was proved just now: a session left open adds no passkey."""
    if actor.participant is None:
        raise NotFound
    if actor.fresh_at is None or now() - actor.fresh_at > FRESH_FOR:
        raise NotAllowed(
            _("A fresh code comes first, so that nobody adds a passkey for you."), code="fresh_code_needed"
        )
    return actor.participant


def _read(shape: type[Answer], response: Any) -> Answer:
    """Return what a browser sent as the library's own value. Raises `Refused` for anything that is no such answer."""
    try:
        answer: Answer | None = shape.from_dict(response)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _not_taken() from error
    if answer is None:
        raise _not_taken()
    return answer


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(passkey.credential))


def _keep_challenge(browser: Browser, state: Mapping[str, Any], contact: Contact | None) -> None:
    at = now()
    PasskeyChallenge.objects.create(
        contact=contact,
        browser_hash=browser.hash,
        state=dict(state),
        address=browser.address,
        created_at=at,
        expires_at=at + CHALLENGE_LASTS,
    )


def _take_challenge(browser: Browser, contact: Contact | None) -> dict[str, Any]:
    """Use the newest challenge of this browser up: one conditional UPDATE, so that it is signed once."""
    at = now()
    mine = PasskeyChallenge.objects.filter(browser_hash=browser.hash, contact=contact, consumed_at=None)
    newest = mine.filter(expires_at__gt=at).order_by("-created_at").values_list("pk", "state").first()
    if newest is None or not PasskeyChallenge.objects.filter(pk=newest[0], consumed_at=None).update(consumed_at=at):
        raise _not_taken()
    return dict(newest[1])


def _not_taken() -> Refused:
    return Refused(_("This passkey was not taken. Try once more, or ask for a code."), code="passkey_refused")
