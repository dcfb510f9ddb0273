"""How a buyer or partner comes in: a code for one mailbox and one browser, and the session it opens.

What is asked for an address nobody knows looks, counts and answers the same as for one that is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.actors import Actor, as_participant
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotFound, Refused
from crm.events.record import record
from crm.events.wake import tell
from crm.mail.invitation import send_code
from crm.models import Contact, Invitation, Participant, RoomSession, SignInCode
from crm.queries.sign_in import IDLE, masked, newest_code, newest_codes, reader_of_mark, whose_codes
from crm.secrets import code_hash, new_code, new_token, normal_code, token_hash

CODE_LASTS = timedelta(minutes=10)
TRIES = 5
SESSION_LASTS = timedelta(days=14)

# How many codes may be asked for: with five tries each, nobody gets more than 300 guesses an hour at one person, of
# 656 billion codes. The first two are told; the others only send nothing, so that they tell nothing.
PER_BROWSER = (6, timedelta(minutes=10))
PER_ADDRESS = (40, timedelta(hours=1))
PER_CONTACT_AND_ADDRESS = (12, timedelta(hours=1))
PER_CONTACT = (60, timedelta(hours=1))


@dataclass(frozen=True)
class Browser:
    """What asks: the secret in the browser's own cookie, its network address and what it calls itself."""

    token: str
    address: str | None = None
    agent: str = ""

    @property
    def hash(self) -> str:
        """What is stored of the secret."""
        return token_hash(self.token)

    @property
    def neighbours(self) -> Q:
        """Rows asked for from this network address. Of IPv6 a whole /64 is one: whoever has one address there has all."""
        address = ip_address(self.address) if self.address else None
        if not isinstance(address, IPv6Address):
            return Q(address=self.address)
        block = IPv6Network((address, 64), strict=False)
        return Q(address__range=(str(block[0]), str(block[-1])))


def request_code_by_invitation(*, token: str, browser: Browser) -> None:
    """Send a code to the mailbox an invitation names. An unknown, ended or revoked one looks the same from outside."""
    at = now()
    standing = Q(revoked_at=None, expires_at__gt=at) | Q(participant__joined_at__isnull=False)
    invitation = (
        Invitation.objects.select_related("participant__contact")
        .filter(standing, token_hash=token_hash(token), participant__revoked_at=None)
        .first()
    )
    contacts = [invitation.participant.contact] if invitation else []
    _issue(contacts, masked(invitation.email) if invitation else "", browser)


def request_code_by_email(*, email: str, browser: Browser) -> None:
    """Send a code to everybody with this address who was let into a room: a shared mailbox gets one for each, by name."""
    checks = Checks()
    email = checks.email("email", email)
    checks.done()
    invited = Participant.objects.active().filter(contact__email__iexact=email)
    contacts = Contact.objects.filter(pk__in=invited.values("contact")).order_by("pk")
    _issue(list(contacts[:10]), masked(email), browser)


def request_code_by_mark(*, mark: str, browser: Browser) -> None:
    """Send a code to whoever got the mail with a link of this mark: they need not type where they were just reading."""
    contact = reader_of_mark(mark)
    _issue([contact] if contact else [], masked(contact.email) if contact else "", browser)


def request_code_again(*, browser: Browser) -> None:
    """Send another code to whom this browser asked for last. The address is kept nowhere: the codes know their people.

    Raises `Refused` where none was asked for.
    """
    newest = newest_code(browser.hash)
    if newest is None:
        raise Refused(_("No code was asked for here. Type your address."), code="no_code")
    _issue(whose_codes(browser.hash), newest.sent_to, browser)


def request_fresh_code(*, contact_id: UUID, browser: Browser) -> None:
    """Send a code to somebody who is in already, for an answer that binds their side."""
    contact = Contact.objects.get(pk=contact_id)
    _issue([contact], masked(contact.email), browser)


@transaction.atomic
def _issue(contacts: Sequence[Contact], sent_to: str, browser: Browser) -> None:
    _wait_for_turn(contacts, browser)
    at = now()
    _check_not_too_many(browser, at)
    known: list[Contact | None] = [contact for contact in contacts if not _is_flooded(contact, browser, at)]
    for contact in known or [None]:
        code = new_code()
        SignInCode.objects.create(
            contact=contact,
            browser_hash=browser.hash,
            code_hash=code_hash(code, browser.token),
            sent_to=sent_to,
            address=browser.address,
            created_at=at,
            expires_at=at + CODE_LASTS,
        )
        if contact is not None:
            transaction.on_commit(partial(send_code, contact, code))


def _wait_for_turn(contacts: Sequence[Contact], browser: Browser) -> None:
    """Let those who ask at once, from one place or for one person, be counted one after the other."""
    network = str(browser.neighbours)
    with connection.cursor() as cursor:
        for turn in sorted({browser.hash, network, *(str(contact.pk) for contact in contacts)}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"crm.sign_in:{turn}"])


def _check_not_too_many(browser: Browser, at: datetime) -> None:
    for rows, (limit, within) in (
        (SignInCode.objects.filter(browser_hash=browser.hash), PER_BROWSER),
        (SignInCode.objects.filter(browser.neighbours), PER_ADDRESS),
    ):
        if rows.filter(created_at__gt=at - within).values("created_at").distinct().count() >= limit:
            raise Refused(
                _("Several codes were asked for from here. The newest mail has the one that works; wait ten minutes."),
                code="too_many_codes",
            )


def _is_flooded(contact: Contact, browser: Browser, at: datetime) -> bool:
    asked = SignInCode.objects.filter(contact=contact)
    of_address, of_all = PER_CONTACT_AND_ADDRESS, PER_CONTACT
    from_here = asked.filter(browser.neighbours, created_at__gt=at - of_address[1]).count()
    return from_here >= of_address[0] or asked.filter(created_at__gt=at - of_all[1]).count() >= of_all[0]


def enter_code(*, browser: Browser, code: str, old_session: str = "") -> tuple[RoomSession, str]:
    """Let somebody in who typed the code that was mailed for this browser. Returns the session and its new secret.

    `old_session` is the secret of the session this browser had: the same person's goes on, under a new secret and
    fresh again; another person's ends. Raises `Invalid` at `code` with the tries that are left, `Refused` with the code
    `used_up` after five of them, or `ended` when the newest code is too old, used, or was asked for elsewhere.
    """
    typed = normal_code(code)
    if not typed:
        raise no_code()
    contact_id, left = _take_try(browser, code_hash(typed, browser.token))
    if contact_id is None:
        raise _no_entry(left)
    with transaction.atomic():
        contact = Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact_id)
        if not Participant.objects.active().filter(contact=contact).exists():
            raise _no_entry(0)
        return begin_session(contact, browser, old_session)


_TAKE_TRY = f"""
UPDATE {SignInCode._meta.db_table} SET tries = tries + 1, consumed_at = CASE WHEN code_hash = %s THEN %s::timestamptz END
WHERE id = ANY(%s) AND consumed_at IS NULL AND tries < %s AND expires_at > %s
RETURNING contact_id, consumed_at IS NOT NULL, tries
"""  # noqa: S608 - only the table's name is put in


def _take_try(browser: Browser, wanted: str) -> tuple[UUID | None, int]:
    """Use one try of each newest code of this browser; return whose code it was (None: nobody's) and the tries left,
    -1 when they are used up, 0 when there is no code that could be tried.

    One conditional UPDATE, so that of a hundred parallel tries one wins and no more than five are heard.
    """
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TRY, [wanted, at, newest_codes(browser.hash), TRIES, at])
        rows = cursor.fetchall()
    if not rows:
        return None, min(tries_left(browser), 0)
    won = next((contact_id for contact_id, consumed, _tries in rows if consumed and contact_id), None)
    return won, TRIES - max(tries for _contact, _consumed, tries in rows) or -1


def tries_left(browser: Browser) -> int:
    """Return how often a browser may still try: -1 when its codes are used up, 0 when there is none that could be tried."""
    newest = SignInCode.objects.filter(pk__in=newest_codes(browser.hash), consumed_at=None, expires_at__gt=now())
    tries = list(newest.values_list("tries", flat=True))
    return (TRIES - max(tries) or -1) if tries else 0


def no_code() -> Invalid:
    """What is said when nothing was typed."""
    return Invalid.field("code", _("Type the eight letters and digits from the mail."), code="required")


def not_the_code(left: int) -> Invalid:
    """What is said after a wrong code, with `left` tries left."""
    words = ngettext("That is not the code. %(count)s try left.", "That is not the code. %(count)s tries left.", left)
    return Invalid.field("code", words % {"count": left}, code="wrong_code")


def _no_entry(left: int) -> Invalid | Refused:
    if left > 0:
        return not_the_code(left)
    if left < 0:
        return Refused(_("Five wrong tries end a code. Nothing else happened, and nobody was told."), code="used_up")
    return Refused(_("This code no longer works here. It ended, or it belongs to another browser."), code="ended")


def begin_session(
    contact: Contact, browser: Browser, old_session: str = "", method: str = RoomSession.Method.CODE
) -> tuple[RoomSession, str]:
    """Let somebody in who has proved who they are: a session, its secret, and a line in the access log of each room."""
    at, token = now(), new_token()
    old = RoomSession.objects.filter(key_hash=token_hash(old_session), ended_at=None).first() if old_session else None
    if old is not None and old.contact_id == contact.pk and old.expires_at > at and old.last_seen_at > at - IDLE:
        old.key_hash, old.fresh_at, old.last_seen_at, old.method = token_hash(token), at, at, method
        old.save(update_fields=["key_hash", "fresh_at", "last_seen_at", "method"])
        return old, token
    if old is not None:
        old.ended_at = at
        old.save(update_fields=["ended_at"])
        _tell_open_pages()
    session = RoomSession.objects.create(
        contact=contact,
        key_hash=token_hash(token),
        created_at=at,
        last_seen_at=at,
        fresh_at=at,
        method=method,
        expires_at=at + SESSION_LASTS,
        browser=browser.agent[:400],
        address=browser.address,
    )
    _enter_rooms(contact, session, at)
    return session, token


def _enter_rooms(contact: Contact, session: RoomSession, at: datetime) -> None:
    """Write into each room's access log, which both sides see, that somebody came in."""
    grants = Participant.objects.active().filter(contact=contact).select_related("room", "contact").order_by("room_id")
    for grant in grants:
        grant.joined_at = grant.joined_at or at
        grant.last_seen_at = at
        grant.save(update_fields=["joined_at", "last_seen_at"])
        who = as_participant(grant, fresh_at=at)
        record(
            "participant.signed_in",
            actor=who,
            room=grant.room,
            subject=grant,
            data={"session": str(session.pk), "method": session.method},
        )


def touch_session(session_id: UUID, last_seen_at: datetime) -> None:
    """Keep a session that is used from going idle. Not counted as an act of the person, and shown to nobody."""
    RoomSession.objects.filter(pk=session_id, last_seen_at=last_seen_at, ended_at=None).update(last_seen_at=now())


def sign_out(*, session_token: str) -> None:
    """End the session with this secret."""
    RoomSession.objects.filter(key_hash=token_hash(session_token), ended_at=None).update(ended_at=now())
    _tell_open_pages()


def end_session(*, actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions, here or in another browser. Raises `NotFound` for anybody else's."""
    if actor.participant is None:
        raise NotFound
    mine = RoomSession.objects.filter(pk=session_id, contact=actor.participant.contact_id)
    if not mine.exists():
        raise NotFound
    mine.filter(ended_at=None).update(ended_at=now())
    _tell_open_pages()


def _tell_open_pages() -> None:
    """Let the pages of a session that has ended say so, once it stands. No event says it."""
    transaction.on_commit(partial(tell, "access"))
