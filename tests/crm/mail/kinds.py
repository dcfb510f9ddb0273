"""Every kind of mail the product sends: what makes it leave, and what its reader does with its link.

A new template is a new kind: `test_links.py` fails until it stands here.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.test import Client, TestCase

from crm.actions.access_request import request_access
from crm.actions.comment import add_comment
from crm.actions.contact import change_contact
from crm.actions.data_request import grant_access, request_data
from crm.actions.participant import invite_contact
from crm.actions.question import ask_for_consent
from crm.actions.recorded_consent import Testimony, record_consent
from crm.actions.reminder import want_reminder
from crm.actions.task import create_task
from crm.actors import SYSTEM, as_user
from crm.clock import frozen, now
from crm.events.deliver import deliver_owed
from crm.events.record import record
from crm.mail.digest import send_digests
from crm.models import (
    AccessRequest,
    AddressChange,
    Answer,
    Comment,
    Consent,
    DataRequest,
    LedgerCheck,
    MailKind,
    Question,
    Task,
    User,
)
from crm.news import news_kinds
from deals.actions.ending import ThanksTo, end_deal
from deals.actions.stage_move import undo_win
from handoff.actions.brief import ask_back
from handoff.models import ItemQuestion
from tests.cast import Cast
from tests.crm.actions.test_consent import say
from tests.crm.room.door import client_of
from tests.handoff.story import win

PASSWORD = "a long enough password"
NEW_PASSWORD = "another long enough password"
NEWS_CHOICE = "/notifications/choice/"
_URL = re.compile(r"https?://[^\s\"<>]+")


@dataclass(frozen=True)
class Kind:
    """`send` makes the mail leave; `use` is what its reader does at its link, and that it worked.

    `consumer` is what sends it because of an event, empty where it leaves at once.
    """

    send: Callable[[Cast], object]
    use: Callable[[Cast, str], None]
    consumer: str = ""


@contextmanager
def mailed() -> Iterator[list[EmailMessage]]:
    """Give the mails that leave because of the block, once it is over."""
    found: list[EmailMessage] = []
    before = len(mail.outbox)
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield found
        deliver_owed()
    found += mail.outbox[before:]


def paths_in(messages: list[EmailMessage]) -> list[str]:
    """Return where the links of mails lead on this site, in the text and behind the words of the page."""
    texts = [str(one.body) for one in messages]
    texts += [
        str(page) for one in messages if isinstance(one, EmailMultiAlternatives) for page, _type in one.alternatives
    ]
    links = dict.fromkeys(link for text in texts for link in _URL.findall(text))
    assert all(link.startswith(settings.SITE_URL) for link in links), links
    return [link.removeprefix(settings.SITE_URL) for link in links]


def ask(cast: Cast) -> Question:
    """Ask Ingrid about the problem."""
    return ask_for_consent(
        actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], sentence="Is it this?", benefit="A page."
    )


def _guest(cast: Cast) -> Client:
    return client_of(cast.ingrid.contact)


def _staff(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# Sending -------------------------------------------------------------------------------------------------------------
def _invite(cast: Cast) -> None:
    invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=cast.contact("Aisha Karim").pk)


def _remind(cast: Cast) -> None:
    question = ask(cast)
    deliver_owed()
    mail.outbox.clear()
    want_reminder(actor=cast.buyer, question_id=question.pk, days=1)
    with frozen(now() + timedelta(days=1, minutes=1)):
        deliver_owed()


def _answer(cast: Cast) -> None:
    say(cast, ask(cast))


def _record(cast: Cast) -> None:
    said = Testimony("agreed", "Yes, that is us.", "phone", now() - timedelta(hours=1))
    record_consent(
        actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], sentence="Is it this?", testimony=said
    )


def _remind_of_task(cast: Cast) -> None:
    create_task(actor=cast.rep, values={"title": "Call Daniel", "remind_at": now() + timedelta(hours=1)})
    with frozen(now() + timedelta(hours=2)):
        deliver_owed()


def _begin_the_day(cast: Cast) -> None:
    morning = now().replace(hour=8) + timedelta(days=1)
    create_task(actor=cast.rep, values={"title": "Call Daniel", "due_on": morning.date()})
    with frozen(morning):
        send_digests()


def _part(cast: Cast) -> None:
    thanks = ThanksTo("Thank you for your time.", (cast.ingrid.pk,))
    end_deal(
        actor=cast.rep,
        deal_id=cast.deal.pk,
        version=cast.deal.version,
        status="lost",
        reason="Season.",
        thanks=thanks,
    )


def _end_in_agreement(cast: Cast) -> None:
    version = cast.deal.version
    end_deal(actor=cast.rep, deal_id=cast.deal.pk, version=version, status="no_deal", reason="Season.")


def _mention(cast: Cast) -> None:
    cast.ingrid  # noqa: B018 - whoever is named must be in the room
    add_comment(actor=cast.rep, room_id=cast.deal.room_id, body="@Ingrid Solberg, since when?")


def _ask_back(cast: Cast) -> None:
    cast.write_criterion()
    item = win(cast).items.get(group="criteria")
    deliver_owed()
    mail.outbox.clear()
    ask_back(actor=as_user(cast.tomas), item_id=item.pk, version=item.version, text="Which stores?")


def _move_address(cast: Cast) -> None:
    person, values = cast.ingrid.contact, {"email": "ingrid@elsewhere.example"}
    change_contact(actor=cast.rep, contact_id=person.pk, version=person.version, values=values)


def _undo_win(cast: Cast) -> None:
    cast.write_criterion()
    deal = win(cast).deal
    undo_win(actor=as_user(cast.jonas), deal_id=deal.pk, version=deal.version, reason="The wrong deal.")


def _request_access(cast: Cast) -> None:
    request_access(actor=cast.buyer, room_id=cast.deal.room_id, name="Ruth Abara", email="ruth@halvorsen.example")


def _request_data(cast: Cast) -> DataRequest:
    cast.admin  # noqa: B018 - somebody must be there to be told
    return request_data(actor=cast.buyer, kind="access", note="Please.")


def _answer_request(cast: Cast) -> None:
    request = _request_data(cast)
    deliver_owed()
    mail.outbox.clear()
    grant_access(actor=as_user(cast.admin), request_id=request.pk, version=request.version)


def _find_faults(cast: Cast) -> None:
    cast.admin  # noqa: B018 - somebody must be there to be told
    fault = {"fault": "altered_row", "room": str(cast.deal.room_id), "entry": 1}
    check = LedgerCheck.objects.create(at=now(), took_ms=1, rooms=1, entries=1, erased=0, faults=[fault])
    with transaction.atomic():
        record("ledger.faults_found", actor=SYSTEM, room=None, subject=check)


def _forget(cast: Cast) -> None:
    Client().post("/accounts/password/reset/", {"email": cast.maya.email})


def _misspell(cast: Cast) -> None:
    Client().post("/accounts/password/reset/", {"email": "nobody@nordlicht.example"})


def _add_address(cast: Cast) -> None:
    cast.maya.set_password(PASSWORD)
    cast.maya.save()
    _staff(cast.maya).post("/accounts/email/", {"action_add": "", "email": "maya@elsewhere.example"})


# What the reader does ------------------------------------------------------------------------------------------------
def _come_in(cast: Cast, path: str) -> None:
    browser = Client()
    assert "Send me a code" in browser.get(path).content.decode()
    with mailed() as mails:
        page = browser.post(path).url
    code = re.search(r"^(\w{4}-\w{4})$", str(mails[-1].body), re.MULTILINE).group(1)
    assert "What waits for you" in browser.post(page, {"code": code}, follow=True).content.decode()


def _say_yes(cast: Cast, path: str) -> None:
    browser = _guest(cast)
    shown = re.search(r'name="shown_hash" value="(\w{64})"', browser.get(path).content.decode()).group(1)
    browser.post(path, {"answer": "agreed", "shown_hash": shown})
    assert Consent.objects.get().answer == Answer.AGREED


def _turn(verb: str, answer: Answer) -> Callable[[Cast, str], None]:
    def turn(cast: Cast, path: str) -> None:
        browser = _guest(cast)
        assert browser.get(path).status_code == 200
        browser.post(f"{path.partition('?')[0]}{verb}/")
        assert Consent.objects.get().answer == answer

    return turn


def _open(cast: Cast, path: str) -> None:
    assert _guest(cast).get(path).status_code == 200


def _reply(cast: Cast, path: str) -> None:
    browser = _guest(cast)
    assert "since when?" in browser.get(path).content.decode()
    browser.post(f"/room/{cast.deal.room_id}/words/", {"body": "Since March."})
    assert Comment.objects.filter(body="Since March.").exists()


def _answer_back(cast: Cast, path: str) -> None:
    browser, question = _staff(cast.maya), ItemQuestion.objects.get()
    assert "Which stores?" in browser.get(path).content.decode()
    browser.post(f"/handoffs/{question.item.handoff_id}/questions/{question.pk}/answer/", {"text": "All of them."})
    question.refresh_from_db()
    assert question.answer == "All of them."


def _let_in(cast: Cast, path: str) -> None:
    browser, request = _staff(cast.maya), AccessRequest.objects.get()
    assert "Ruth Abara" in browser.get(path).content.decode()
    browser.post(f"/access-requests/{request.pk}/", {"do": "approve", "version": request.version, "next": path})
    request.refresh_from_db()
    assert request.state == "approved"


def _hand_over(cast: Cast, path: str) -> None:
    browser = _staff(cast.admin)
    assert browser.get(path).status_code == 200
    browser.post(path, {"version": "1", "do": "grant"})
    assert DataRequest.objects.get().state == "granted"


def _fetch(cast: Cast, path: str) -> None:
    browser, request = _guest(cast), DataRequest.objects.get()
    assert browser.get(path).status_code == 200
    assert browser.get(f"/room/{cast.deal.room_id}/kept/requests/{request.pk}/").status_code == 200


def _look_into_it(cast: Cast, path: str) -> None:
    assert "was altered" in _staff(cast.admin).get(path).content.decode()


def _set_password(cast: Cast, path: str) -> None:
    browser = Client()
    browser.post(browser.get(path).url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    cast.maya.refresh_from_db()
    assert cast.maya.check_password(NEW_PASSWORD)


def _confirm_address(cast: Cast, path: str) -> None:
    browser = _staff(cast.maya)
    assert browser.get(path).status_code == 200
    browser.post(path)
    assert cast.maya.emailaddress_set.get(email="maya@elsewhere.example").verified


def _settle_address(cast: Cast, path: str) -> None:
    browser = Client()
    assert "Maya Okafor changed it" in browser.get(path).content.decode()
    browser.post(path, {"settle": "yes"})
    assert AddressChange.objects.get().settled_at is not None


def _read(cast: Cast, path: str) -> None:
    assert Client().get(path).status_code == 200


def _do_task(cast: Cast, path: str) -> None:
    task = Task.objects.get()
    page = _staff(cast.maya).get(path).content.decode()
    assert task.title in page
    _staff(cast.maya).post(f"/tasks/{task.pk}/complete/", {"version": task.version})
    task.refresh_from_db()
    assert task.is_done


def _read_the_day(cast: Cast, path: str) -> None:
    page = _staff(cast.maya).get(path).content.decode()
    assert "Nothing yet" in page if path == "/notifications/" else "Call Daniel" in page


def _read_the_room(cast: Cast, path: str) -> None:
    assert "closed this on" in _guest(cast).get(path).content.decode()


def _leave_it_otherwise(cast: Cast, path: str) -> None:
    browser = _guest(cast)
    assert "not to go on" in browser.get(path).content.decode()
    browser.post(path.partition("?")[0], {"body": "We asked for time."})
    assert Comment.objects.get(body="We asked for time.").is_dispute


def choose_mails(cast: Cast, path: str) -> None:
    """Switch all mails off, as each of them says one can."""
    if path == NEWS_CHOICE:
        _staff(cast.maya).post(path, {})
        cast.maya.refresh_from_db()
        assert set(cast.maya.mails_off) == {kind.name for kind in news_kinds()}
        return
    browser = _guest(cast)
    assert "Mails to you" in browser.get(path).content.decode()
    browser.post(f"/room/{cast.deal.room_id}/kept/mails/", {})
    cast.ingrid.contact.refresh_from_db()
    assert set(cast.ingrid.contact.mails_off) == set(MailKind.values)


KINDS = {
    "crm/mail/invitation": Kind(_invite, _come_in),
    "crm/mail/asked": Kind(ask, _say_yes, "crm.mail_question"),
    "crm/mail/reminder": Kind(_remind, _say_yes, "crm.mail_reminder"),
    "crm/mail/task": Kind(_remind_of_task, _do_task, "crm.mail_task_reminder"),
    "crm/mail/digest": Kind(_begin_the_day, _read_the_day),
    "crm/mail/thanks": Kind(_part, _read_the_room, "deals.mail_thanks"),
    "crm/mail/receipt": Kind(_answer, _turn("withdraw", Answer.WITHDRAWN), "crm.mail_answer"),
    "crm/mail/recorded": Kind(_record, _turn("contest", Answer.CONTESTED), "crm.mail_answer"),
    "crm/mail/mention": Kind(_mention, _reply, "crm.mail_mention"),
    "crm/mail/mention in a handoff": Kind(_ask_back, _answer_back, "handoff.mail_question_back"),
    "crm/mail/address_changed": Kind(_move_address, _settle_address, "crm.mail_address_change"),
    "crm/mail/access_request": Kind(_request_access, _let_in, "crm.mail_access_request"),
    "crm/mail/data_request": Kind(_request_data, _hand_over, "crm.mail_data_request"),
    "crm/mail/data_answer": Kind(_answer_request, _fetch, "crm.mail_data_answer"),
    "deals/mail/ending": Kind(_end_in_agreement, _leave_it_otherwise, "deals.mail_ending"),
    "deals/mail/win_undone": Kind(_undo_win, _open, "deals.mail_win_undone"),
    "crm/mail/ledger_faults": Kind(_find_faults, _look_into_it, "crm.mail_faults"),
    "account/email/password_reset_key_message": Kind(_forget, _set_password),
    "account/email/email_confirmation_message": Kind(_add_address, _confirm_address),
    "account/email/unknown_account_message": Kind(_misspell, _read),
}
"""The kinds with a link, by their template; what comes after it tells kinds with the same template apart."""
SENDS_NO_LINK = "crm.mail_checkpoint"
WITHOUT_LINK = frozenset(
    {"crm/mail/code", "crm/mail/erased", "crm/mail/checkpoint", "crm/mail/address_back", "crm/mail/address_vouched"}
)
NEVER_SENT = frozenset({"account/email/account_already_exists_message"})
"""Mails of packages for what does not exist here: nobody signs up."""
