"""Mails, received by a real SMTP server on the loopback."""

import email
import email.policy
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from crm.actions.contact import create_contact
from crm.actions.participant import invite_contact
from crm.actions.question import ask_for_consent, cancel_question
from crm.actions.recorded_consent import Testimony, record_consent
from crm.actions.sign_in import Browser, request_code_by_email
from crm.clock import frozen, now
from crm.events.deliver import deliver_owed
from crm.mail import consent as consent_mails
from crm.mail.invitation import MailNotSent, send_code
from crm.models import Delivery, DemoMail, Event, Question
from tests.cast import Cast
from tests.crm.actions.test_consent import say
from tests.crm.pdf.test_receipt import words_of

pytestmark = pytest.mark.django_db(transaction=True)


class Letterbox:
    """Keeps what arrives; `refusing` answers as a server in trouble does."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusing = False

    async def handle_DATA(self, server, session, envelope):
        if self.refusing:
            return "451 Try again later"
        content = email.message_from_string(envelope.content.decode(), policy=email.policy.default)
        self.mails.append(content)
        self.recipients += envelope.rcpt_tos
        return "250 Taken"


@pytest.fixture
def letterbox(settings) -> Iterator[Letterbox]:
    with _open(settings) as box:
        yield box


@contextmanager
def _open(settings, *, takes_utf8: bool = True) -> Iterator[Letterbox]:
    box = Letterbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=takes_utf8)
    controller.start()
    settings.EMAIL_BACKEND = "crm.mail.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.SITE_URL = "https://cg.nordlicht.example"
    yield box
    controller.stop()


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


def ask(cast: Cast) -> Question:
    return ask_for_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Is this <your> problem?",
        benefit="A page for your board.",
    )


def words(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_question_is_mailed_in_the_askers_name(cast: Cast, letterbox: Letterbox) -> None:
    question = ask(cast)
    deliver_owed()
    (mail,) = letterbox.mails
    assert mail["Subject"] == f"Maya Okafor asks you about the problem: {cast.deal.room.title}"
    for kind in ("plain", "html"):
        assert cast.deal.room.title in words(mail, kind)
        assert "(Halvorsen Foods), about: Our problem" in words(mail, kind)
    assert mail["To"].addresses[0].addr_spec == cast.ingrid.contact.email
    assert mail["Reply-To"].addresses[0].addr_spec == cast.maya.email
    assert mail["From"].addresses[0].display_name.startswith("Maya Okafor, ")
    assert "Is this <your> problem?" in words(mail)
    assert "Is this &lt;your&gt; problem?" in words(mail, "html")
    assert f"https://cg.nordlicht.example/room/{question.room_id}/" in words(mail)
    assert "<img" not in words(mail, "html")


def test_a_mail_server_in_trouble_loses_nothing(cast: Cast, letterbox: Letterbox) -> None:
    ask(cast)
    letterbox.refusing = True
    deliver_owed()
    assert not letterbox.mails
    assert Delivery.objects.filter(consumer="crm.mail_question", done_at=None).count() == 1
    letterbox.refusing = False
    with frozen(now() + timedelta(minutes=1)):
        deliver_owed()
    (mail,) = letterbox.mails
    assert str(Event.objects.get(type="consent.asked").pk) in mail["Message-ID"]


def test_the_same_event_is_the_same_mail(cast: Cast, letterbox: Letterbox) -> None:
    ask(cast)
    event = Event.objects.get(type="consent.asked")
    consent_mails.mail_question(event)
    consent_mails.mail_question(event)
    assert len({mail["Message-ID"] for mail in letterbox.mails}) == 1


def test_a_record_says_about_what_in_which_room(cast: Cast, letterbox: Letterbox) -> None:
    said = Testimony("agreed", "Yes, that is us.", "phone", now() - timedelta(hours=1))
    problem = [cast.problem()]
    record_consent(
        actor=cast.rep, asked_of=cast.ingrid.pk, subjects=problem, sentence="Is this your problem?", testimony=said
    )
    deliver_owed()
    (mail,) = letterbox.mails
    assert mail["Subject"] == f"Maya Okafor wrote down your answer about the problem: {cast.deal.room.title}"
    for told in (words(mail), words(mail, "html")):
        assert "(Halvorsen Foods), about: Our problem" in told
        assert "Is this your problem?" in told
        assert "Yes, that is us." in told


def test_one_mail_for_a_question_about_two_things(cast: Cast, letterbox: Letterbox) -> None:
    cast.write_criterion()
    ask_for_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem(), cast.criteria()],
        sentence="Are both as you see them?",
        benefit="One page for your board.",
    )
    deliver_owed()
    (mail,) = letterbox.mails
    assert "asks you about the problem and the success criteria: " in mail["Subject"]
    assert "about: Our problem, What success means" in words(mail)


def test_nothing_is_mailed_about_a_closed_or_an_old_question(cast: Cast, letterbox: Letterbox) -> None:
    cancel_question(actor=cast.rep, question_id=ask(cast).pk)
    deliver_owed()
    ask(cast)
    with frozen(now() + timedelta(days=4)):
        deliver_owed()
    assert not letterbox.mails
    assert not Delivery.objects.filter(consumer="crm.mail_question", done_at=None).exists()


@pytest.mark.slow
def test_an_answer_is_receipted(cast: Cast, letterbox: Letterbox) -> None:
    question = ask(cast)
    deliver_owed()
    say(cast, question)
    deliver_owed()
    receipt = letterbox.mails[-1]
    assert receipt["Subject"] == "What you answered, for your records"
    assert cast.section("problem").content_hash in words(receipt)
    (paper,) = receipt.iter_attachments()
    assert paper.get_content_type() == "application/pdf"
    assert cast.section("problem").content_hash in words_of(paper.get_content())


def test_links_and_codes_leave_with_their_secret(cast: Cast, letterbox: Letterbox) -> None:
    invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=cast.ingrid.contact_id)
    send_code(cast.ingrid.contact, "K7QM2XPA")
    invitation, code = letterbox.mails
    assert "https://cg.nordlicht.example/room/invitation/" in words(invitation)
    assert invitation["Reply-To"].addresses[0].addr_spec == cast.maya.email
    assert "K7QM-2XPA" in words(code)
    assert "K7QM-2XPA" in words(code, "html")


def test_a_code_that_cannot_leave_breaks_nothing(cast: Cast, letterbox: Letterbox) -> None:
    letterbox.refusing = True
    send_code(cast.ingrid.contact, "K7QM2XPA")
    assert not letterbox.mails


def test_a_code_leaves_from_a_thread_of_its_own(cast: Cast, letterbox: Letterbox, settings) -> None:
    settings.MAIL_IN_BACKGROUND = True
    send_code(cast.ingrid.contact, "K7QM2XPA")
    end = time.monotonic() + 10
    while not letterbox.mails and time.monotonic() < end:
        time.sleep(0.01)
    assert len(letterbox.mails) == 1


def test_a_hostile_name_cannot_write_headers(cast: Cast, letterbox: Letterbox) -> None:
    contact = cast.ingrid.contact
    contact.name = 'Ingrid" <x@evil.example>, "'
    send_code(contact, "K7QM2XPA")
    (mail,) = letterbox.mails
    assert [one.addr_spec for one in mail["To"].addresses] == [contact.email]


@pytest.mark.parametrize(
    ("address", "arrives"),
    [
        ("ingrid@xn--strae-oqa.example", "ingrid@xn--strae-oqa.example"),
        ("Åse@halvorsen.example", "åse@halvorsen.example"),
    ],
)
def test_addresses_beyond_ascii_get_invitations_and_codes(
    cast: Cast, letterbox: Letterbox, address: str, arrives: str
) -> None:
    contact = create_contact(actor=cast.rep, values={"name": "Åse Strand", "email": address})
    invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
    request_code_by_email(email=address.upper(), browser=Browser("browser", "192.0.2.1"))
    invitation, code = letterbox.mails
    assert letterbox.recipients == [arrives, arrives]
    assert [mail["To"].addresses[0].addr_spec for mail in letterbox.mails] == [arrives, arrives]
    assert "/room/invitation/" in words(invitation)
    assert re.search("[A-Z0-9]{4}-[A-Z0-9]{4}", words(code))


def test_an_address_that_the_mail_server_cannot_take_is_told_of(cast: Cast, settings) -> None:
    contact = create_contact(actor=cast.rep, values={"name": "Åse Strand", "email": "åse@halvorsen.example"})
    with _open(settings, takes_utf8=False) as letterbox, pytest.raises(MailNotSent):
        invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
    assert not letterbox.mails


def test_replies_go_only_where_every_mail_server_can_send_them(cast: Cast, letterbox: Letterbox) -> None:
    cast.maya.email = "maya@münchen.example"
    cast.maya.save(update_fields=["email"])
    ask(cast)
    deliver_owed()
    cast.maya.email = "máya@nordlicht.example"
    cast.maya.save(update_fields=["email"])
    cancel_question(actor=cast.rep, question_id=Question.objects.get().pk)
    ask(cast)
    deliver_owed()
    with_reply, without = letterbox.mails
    assert with_reply["Reply-To"].addresses[0].addr_spec == "maya@xn--mnchen-3ya.example"
    assert without["Reply-To"] is None


def test_nothing_is_sent_without_an_address(cast: Cast, letterbox: Letterbox) -> None:
    contact = cast.ingrid.contact
    contact.email = ""
    send_code(contact, "K7QM2XPA")
    assert not letterbox.mails


def test_the_demo_keeps_mails_in_the_database(cast: Cast, settings: SimpleNamespace) -> None:
    settings.EMAIL_BACKEND = "crm.mail.demo.DemoBackend"
    send_code(cast.ingrid.contact, "K7QM2XPA")
    mail = DemoMail.objects.get()
    assert "K7QM-2XPA" in mail.text
    assert mail.html.startswith("<!doctype html>")
