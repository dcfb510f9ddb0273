"""Strings planted in every place where something of a person can stand, and a search for them through the whole database.

The person is Ingrid. Her canaries are her name, her addresses, and one word for each place.
"""

import io
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from crm.actions.access_request import request_access
from crm.actions.activity import log_activity
from crm.actions.attachment import add_attachment, check_attachment
from crm.actions.comment import add_comment
from crm.actions.consent import answer_question, fingerprint
from crm.actions.data_request import request_data
from crm.actions.participant import invite_contact
from crm.actions.task import create_task
from crm.actions.upload import keep_upload
from crm.actors import Actor, as_participant, as_user
from crm.clock import now
from crm.models import (
    AddressChange,
    Attachment,
    Contact,
    Delivery,
    DemoMail,
    Event,
    ExportJob,
    IdempotentAnswer,
    ImportedRow,
    ImportLine,
    ImportRun,
    Organization,
    Participant,
    Passkey,
    PasskeyChallenge,
    Relationship,
    WebhookAttempt,
    WebhookEndpoint,
    WebhookMessage,
)
from deals.actions.problem import add_statement
from deals.models import Assessment, Deal, SectionKind, Stakeholder, Thanks, Waiver
from handoff.actions.measurement import dispute_measurement
from handoff.models import BriefItem, Goal, ItemQuestion
from tests.cast import Cast
from tests.crm.room.door import come_in
from tests.handoff.story import accept, ask, measure, win

NAME, EMAIL, PHONE = "Ingrid Solberg", "ingrid.solberg@halvorsen.example", "+47 555 01 99"
WORD = "qanary"
"""Every planted word begins with it."""


def word(place: str) -> str:
    """Return the canary of a place."""
    return f"{WORD}-{place}"


def plant(cast: Cast) -> Contact:
    """Tell Ingrid's whole story, from the invitation to the measured goal, with a canary in each place."""
    person = cast.ingrid.contact
    Contact.objects.filter(pk=person.pk).update(
        title=word("title"), phone=PHONE, custom={"note": word("custom")}, mails_off=["receipt"]
    )
    person.refresh_from_db()
    _way_in(cast, person)
    _words(cast, person)
    _deal(cast, person)
    _after_the_close(cast)
    _machinery(cast, person)
    return person


def _buyer(cast: Cast) -> Actor:
    session = {"how": "room session after a code by mail", "address": "192.0.2.77", "browser": word("browser")}
    return as_participant(Participant.objects.get(pk=cast.ingrid.pk), fresh_at=now(), session=session)


def _way_in(cast: Cast, person: Contact) -> None:
    AddressChange.objects.create(
        contact=person,
        old_email=EMAIL,
        changed_by=cast.maya,
        changed_at=now(),
        settled_at=now(),
        reason=word("vouched"),
    )
    invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=person.pk)
    session, _token = come_in(person)
    session.browser, session.address = word("session"), "192.0.2.77"
    session.save()
    at = now()
    Passkey.objects.create(
        contact=person, credential_id=WORD.encode(), credential=WORD.encode(), name=word("passkey"), created_at=at
    )
    PasskeyChallenge.objects.create(
        contact=person, browser_hash="0" * 64, state={"c": word("challenge")}, created_at=at, expires_at=at
    )
    request_access(
        actor=_buyer(cast), room_id=cast.deal.room_id, name="Ruth", email="ruth@x.example", reason=word("reason")
    )
    daniel = as_participant(cast.daniel)
    mine = request_access(
        actor=daniel, room_id=cast.deal.room_id, name="Somebody", email="other@x.example", title=word("asked")
    )
    type(mine).objects.filter(pk=mine.pk).update(name=NAME, email=EMAIL)
    request_data(actor=_buyer(cast), kind="access", note=word("data-request"))


def _words(cast: Cast, person: Contact) -> None:
    room, buyer = cast.deal.room_id, _buyer(cast)
    add_comment(actor=buyer, room_id=room, body=word("comment"))
    add_comment(actor=as_participant(cast.daniel), room_id=room, body=f"I asked {NAME.upper()} about it.")
    call = {"type": "call", "subject": f"Call with {NAME}", "body": f"{EMAIL}, {PHONE}"}
    log_activity(actor=cast.rep, room_id=room, values=call)
    create_task(actor=cast.rep, values={"title": f"Call {NAME}", "about": cast.deal.pk})
    create_task(actor=cast.rep, values={"title": f"Look up {EMAIL}"})
    written = {"type": "note", "subject": word("activity"), "body": word("activity-body")}
    mine = log_activity(actor=cast.rep, room_id=room, values=written)
    type(mine).objects.filter(pk=mine.pk).update(by_contact=person, by_user=None, by_side="buyer", private_to="")
    file = add_attachment(actor=buyer, room_id=room, name=f"{WORD}-file.txt", content=io.BytesIO(b"words in a file"))
    check_attachment(attachment_id=file.pk)
    keep_upload(actor=buyer, room_id=room, name=f"{WORD}-form.txt", content=io.BytesIO(b"words in a form"))
    evidence = add_attachment(actor=cast.rep, room_id=room, name=f"{NAME}.txt", content=io.BytesIO(b"signed"))
    check_attachment(attachment_id=evidence.pk)


def _deal(cast: Cast, person: Contact) -> None:
    said = {"level": "met", "evidence": f"{NAME} asked us before anybody", "missing": f"A word with {EMAIL}"}
    known = Relationship.objects.create(organization=cast.halvorsen, by=cast.maya, at=now(), **said)
    Organization.objects.filter(pk=cast.halvorsen.pk).update(relationship=known)
    Thanks.objects.create(deal=cast.deal, words=f"Thank you, {NAME}.", to=[], by_user=cast.maya, created_at=now())
    room = cast.deal.room_id
    cast.write_problem(f"{NAME} says that planners forecast by hand.")
    quote = {"part": "quote", "text": word("quote"), "said_by": NAME}
    add_statement(actor=cast.rep, deal_id=cast.deal.pk, values=quote)
    add_statement(
        actor=_buyer(cast), deal_id=cast.deal.pk, values={"part": "causes", "text": word("draft")}, private=True
    )
    cast.write_criterion(measured_by=NAME, assumptions=f"{NAME} stays.")
    at = now()
    stake = Stakeholder.objects.create(
        section=cast.section(SectionKind.PEOPLE),
        side="buyer",
        contact=person,
        wants=word("wants"),
        by_user=cast.maya,
        by_side="seller",
        created_at=at,
        updated_at=at,
    )
    Assessment.objects.create(stakeholder=stake, private_to="seller", note=word("assessment"), updated_at=at)
    Waiver.objects.create(
        deal=cast.deal,
        stage=cast.deal.stage,
        gate="x",
        reason=f"{NAME} said yes.",
        waived_by=cast.jonas,
        waived_at=at,
    )
    Deal.objects.filter(pk=cast.deal.pk).update(amount_note=f"agreed with {NAME}", custom={"who": NAME})
    question = ask(cast, cast.problem())
    shown, note = fingerprint(list(question.consents.all())), word("note")
    answer_question(actor=_buyer(cast), question_id=question.pk, shown_hash=shown, answer="change", note=note)
    question.consents.update(objection=word("objection"), correction=f"{NAME} says otherwise.")
    evidence = Attachment.objects.get(room=room, name=f"{NAME}.txt")
    type(question).objects.filter(pk=question.pk).update(
        given_at=at,
        given_where=word("where"),
        words=word("words"),
        note=word("asked"),
        evidence=evidence,
    )
    cast.write_problem("Fresh words.")


def _after_the_close(cast: Cast) -> None:
    handoff = win(cast)
    item = BriefItem.objects.filter(handoff=handoff)[0]
    ItemQuestion.objects.create(item=item, text=f"What did {NAME} say?", asked_by=cast.tomas, asked_at=now())
    ItemQuestion.objects.update(answer=f"Ask {EMAIL}", answered_by=cast.maya, answered_at=now())
    accept(cast, handoff)
    goal = Goal.objects.latest("position")
    value = measure(cast, goal, "94.1", actor=_buyer(cast), note=word("measurement"))
    other = measure(cast, goal, "94.2", now() - timedelta(days=2), note=f"{NAME} counted.")
    dispute_measurement(actor=_buyer(cast), measurement_id=other.pk, version=other.version, text=word("dispute"))
    assert value.by_contact_id == cast.ingrid.contact_id


def _machinery(cast: Cast, person: Contact) -> None:
    at, event = now(), Event.objects.latest("at")
    IdempotentAnswer.objects.create(
        user=cast.maya,
        key="k",
        request_hash="0" * 64,
        status=201,
        body={"id": str(person.pk), "email": EMAIL},
        created_at=at,
    )
    endpoint = WebhookEndpoint.objects.create(
        user=cast.maya, url="https://x.example/", secret=b"x", created_at=at, updated_at=at
    )
    message = WebhookMessage.objects.create(endpoint=endpoint, event=event, run_after=at, created_at=at)
    WebhookAttempt.objects.create(message=message, at=at, milliseconds=1, answer=f"unknown: {EMAIL}")
    Delivery.objects.create(event=event, consumer="x", run_after=at, dead_at=at, last_error=f"refused: {EMAIL}")
    DemoMail.objects.create(sent_at=at, to=EMAIL, subject=f"For {NAME}", text=word("mail"), html=word("mail"))
    facts = {"digest": "0" * 64, "imported_at": at}
    ImportedRow.objects.create(
        source="x", key=NAME, subject_type="contact", subject_id=person.pk, values={"name": NAME}, **facts
    )
    job = ExportJob.objects.create(
        by_user=cast.maya, kinds=["contacts"], format="csv", state="ready", created_at=at, updated_at=at, finished_at=at
    )
    default_storage.save(job.path, ContentFile(f"Name,Email\n{NAME},{EMAIL}\n".encode()))
    run = ImportRun.objects.create(
        source="x:contacts",
        kind="contacts",
        by_user=cast.maya,
        state="checked",
        file_name=f"{NAME}.csv",
        encoding="utf-8-sig",
        delimiter=",",
        headers=["Name", "Email"],
        findings={"words": {"owner": {NAME: 1}}},
        started_at=at,
        updated_at=at,
    )
    default_storage.save(run.path, ContentFile(f"Name,Email\n{NAME},{EMAIL}\n".encode()))
    ImportLine.objects.create(
        run=run, line=2, key=EMAIL, label=NAME, result="added", words=[NAME], shown={"name": NAME}
    )
    ImportedRow.objects.create(
        source="x", key="7", subject_type="deal", subject_id=cast.deal.pk, values={"note": f"by {NAME}"}, **facts
    )


def left(*more: str) -> list[str]:
    """Return every column of every table, whatever it is for, in which something of the person still stands."""
    signs = [WORD, NAME, EMAIL, PHONE, *more]
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'inet', 'bytea')"
        )
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT {text} FROM "{table}" WHERE {text} ILIKE ANY(%s)', [[f"%{one}%" for one in signs]])
            for (value,) in cursor.fetchall():
                found += [f"{table}.{column}: {one}" for one in signs if one.lower() in value.lower()]
    return found


def administrator(cast: Cast) -> Actor:
    """Ada, acting."""
    return as_user(cast.admin)
