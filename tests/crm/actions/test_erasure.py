"""Erasing a person: nothing of them is left anywhere, the chains hold, and an older copy of the database is erased again."""

import io
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from crm import erasure_list
from crm.actions.access_request import approve_access_request, request_access
from crm.actions.attachment import add_attachment, check_attachment, draw_attachment
from crm.actions.erasure import complete_due, erase_contact, settle_list
from crm.actors import as_user
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.events.deliver import deliver_owed
from crm.files import path_of
from crm.formats import erased_name
from crm.models import (
    AccessRequestState,
    Attachment,
    Contact,
    Erasure,
    Event,
    LedgerEntry,
    LedgerPayload,
    Participant,
    Question,
    Revision,
    RoomSession,
)
from crm.personal_data.person import person_of
from crm.queries.ledger import verify_rooms
from crm.queries.sign_in import find_session
from crm.queries.timeline import room_timeline
from crm.registry import personal_data_places
from crm.rules.merge import GivenUp
from deals.actions.stakeholder import add_stakeholder, edit_stakeholder
from deals.models import Section, SetAside
from deals.queries.content import section_snapshot
from tests.canaries import NAME, administrator, left, plant
from tests.cast import Cast
from tests.crm.actions.test_attachment import picture
from tests.crm.room.door import client_of, come_in
from tests.handoff.story import ask, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path: Path) -> Path:
    """The list outside the database, of this test only."""
    settings.ERASURE_LIST = str(tmp_path / "kept" / "erasures.jsonl")
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return Path(settings.ERASURE_LIST)


@pytest.fixture
def cast() -> Cast:
    return Cast()


def erase(cast: Cast, contact: Contact, **fields: object) -> Erasure:
    """Erase somebody as the administrator."""
    values = {"confirmed_name": contact.name, "ground": "Asked for it.", **fields}
    return erase_contact(actor=administrator(cast), contact_id=contact.pk, **values)


def chains_hold() -> int:
    """Check every chain; return how many entries are erased."""
    reports = list(verify_rooms())
    assert [one.report.fault for one in reports] == [None] * len(reports)
    return sum(len(one.report.erased) for one in reports)


@pytest.mark.slow
def test_nothing_is_left_and_an_older_copy_is_erased_again(cast: Cast, erasures: Path) -> None:
    person = plant(cast)
    assert len(left()) > 30, "the canaries are planted"
    older = transaction.savepoint()
    erasure = erase(cast, person)
    assert left() == []
    assert all(
        place.export(person_of(Contact.objects.get(pk=person.pk))) is not None for place in personal_data_places()
    )
    assert chains_hold() > 3
    transaction.savepoint_rollback(older)  # the database as a backup made before the erasure has it
    assert len(left()) > 30
    out = StringIO()
    call_command("apply_erasures", stdout=out)
    assert out.getvalue() == "1 erasures in the list, 1 applied, 0 done already\n"
    assert left() == []
    assert chains_hold() > 3
    again = Erasure.objects.get()
    assert (again.pk, again.by) == (erasure.pk, None)
    call_command("apply_erasures", f"--list={erasures}", stdout=out)
    assert out.getvalue().endswith("1 erasures in the list, 0 applied, 1 done already\n")
    assert len(erasures.read_text().splitlines()) == 1


@pytest.mark.slow
def test_what_stays_says_that_it_is_erased(cast: Cast) -> None:
    person = plant(cast)
    entries = LedgerEntry.objects.count()
    erase(cast, person)
    person.refresh_from_db()
    assert person.name == erased_name()
    assert person.erased_at is not None
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "erased on request" in out.getvalue()
    assert LedgerEntry.objects.filter(type="erased").count() == 1
    assert LedgerEntry.objects.count() > entries
    emptied = Revision.objects.filter(content__isnull=True)
    assert emptied.exists()
    assert all(one.erased_at and len(one.content_hash) == 64 for one in emptied)
    for section in Section.objects.all():
        assert section.content_hash == section_snapshot(section).content_hash
    events = Event.objects.filter(type="contact.erased")
    assert {event.room_id for event in events} == {cast.deal.room_id, None}
    assert str(person.pk) == str(events.first().subject_id)


@pytest.mark.slow
def test_access_ends_at_once(cast: Cast) -> None:
    person = cast.ingrid.contact
    _session, token = come_in(person)
    cast.write_problem()
    question = ask(cast, cast.problem())
    erase(cast, person)
    assert find_session(token) is None
    assert not RoomSession.objects.exists()
    assert not Participant.objects.active().exists()
    question.refresh_from_db()
    assert not Question.objects.open().exists()
    assert chains_hold() == 2


@pytest.mark.slow
def test_what_they_asked_for_closes_and_says_why(cast: Cast) -> None:
    request = request_access(
        actor=cast.buyer, room_id=cast.deal.room_id, name="Nina Berg", email="nina@halvorsen.example"
    )
    erase(cast, cast.ingrid.contact)
    request.refresh_from_db()
    assert request.state == AccessRequestState.WITHDRAWN
    with pytest.raises(Refused):
        approve_access_request(actor=cast.rep, request_id=request.pk, version=request.version)
    told = [str(one.entry.sentence) for one in room_timeline(cast.rep, cast.deal.room_id).happenings]
    assert "The request to bring in Nina Berg closed: whoever asked was erased" in told


@pytest.mark.slow
def test_a_file_that_is_erased_has_no_picture_any_more(cast: Cast) -> None:
    file = add_attachment(actor=cast.buyer, room_id=cast.deal.room_id, name="shelf.png", content=io.BytesIO(picture()))
    check_attachment(attachment_id=file.pk)
    draw_attachment(attachment_id=file.pk)
    page, client = f"/room/{cast.deal.room_id}/files/", client_of(cast.daniel.contact)
    assert "<img" in client.get(page).content.decode()
    erase(cast, cast.ingrid.contact)
    shown = client.get(page).content.decode()
    assert "Not there any more." in shown
    assert "<img" not in shown[shown.index("<main") :]


@pytest.mark.parametrize("who", ["maya", "jonas", "tomas"])
def test_only_administrators_erase(cast: Cast, who: str) -> None:
    person = cast.ingrid.contact
    with pytest.raises(NotAllowed):
        erase_contact(
            actor=as_user(getattr(cast, who)), contact_id=person.pk, confirmed_name=person.name, ground="Asked."
        )
    with pytest.raises(NotAllowed):
        erase_contact(actor=cast.buyer, contact_id=person.pk, confirmed_name=person.name, ground="Asked.")
    assert not Erasure.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"confirmed_name": "Ingrid"}, "confirmed_name", "other_name"),
        ({"confirmed_name": ""}, "confirmed_name", "required"),
        ({"ground": " "}, "ground", "required"),
        ({"ground": "a\x00b"}, "ground", "control_character"),
        ({"ground": f"{NAME} asked."}, "ground", "names_person"),
        ({"retained_until": "2020-01-01T00:00:00Z", "retained_ground": "A claim."}, "retained_until", "out_of_range"),
        ({"retained_until": "2190-01-01T00:00:00Z", "retained_ground": "A claim."}, "retained_until", "out_of_range"),
        ({"retained_until": "soon", "retained_ground": "A claim."}, "retained_until", "not_a_time"),
        ({"retained_until": "2030-01-01T00:00:00Z"}, "retained_ground", "required"),
        ({"retained_ground": "A claim."}, "retained_until", "required"),
    ],
)
def test_what_cannot_be_taken(cast: Cast, fields: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        erase(cast, cast.ingrid.contact, **fields)
    assert (field, code) in [(fault.field, fault.code) for fault in refused.value.faults]
    assert not Erasure.objects.exists()


def test_twice_is_once(cast: Cast, erasures: Path) -> None:
    person = cast.ingrid.contact
    first = erase(cast, person)
    assert erase(cast, person, confirmed_name="whatever") == first
    assert len(erasures.read_text().splitlines()) == 1
    with pytest.raises(NotFound):
        erase(cast, Contact(name="Nobody"))


def test_the_record_of_erasures_cannot_be_changed(cast: Cast) -> None:
    erase(cast, cast.ingrid.contact)
    for verb in ("UPDATE crm_erasure SET ground = ''", "DELETE FROM crm_erasure"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(verb)


@pytest.mark.slow
def test_evidence_is_kept_on_a_ground_until_its_day(cast: Cast, erasures: Path) -> None:
    person = plant(cast)
    until = now() + timedelta(days=90)
    older = transaction.savepoint()
    first = erase(cast, person, retained_until=until, retained_ground="A claim is open.")
    kept = {line.split(".")[0] for line in left()}
    assert kept == {"crm_ledgerpayload", "crm_signinfacts", "crm_revision"}
    signed = Attachment.objects.get(pk__in=Question.objects.filter(evidence__isnull=False).values("evidence"))
    assert default_storage.exists(path_of(signed.sha256))
    assert chains_hold() == 0
    assert complete_due() == 0
    with frozen(until + timedelta(minutes=1)):
        assert complete_due() == 1
        assert complete_due() == 0
    assert left() == []
    assert chains_hold() > 3
    assert Erasure.objects.get(completes=first).ground == first.ground
    transaction.savepoint_rollback(older)
    call_command("apply_erasures", stdout=StringIO())  # both lines, the first one still with its evidence
    assert left() == []
    assert chains_hold() > 3
    assert settle_list() == (0, 0)
    assert len(erasures.read_text().splitlines()) == 2


@pytest.mark.slow
def test_bytes_go_unless_somebody_else_has_the_same(cast: Cast, django_capture_on_commit_callbacks) -> None:
    room, contents = cast.deal.room_id, (b"only Ingrid has this", b"both have this")
    files = [
        add_attachment(actor=cast.buyer, room_id=room, name="a.txt", content=io.BytesIO(content))
        for content in contents
    ]
    add_attachment(actor=cast.rep, room_id=room, name="b.txt", content=io.BytesIO(contents[1]))
    for file in files:
        check_attachment(attachment_id=file.pk)
    erase(cast, cast.ingrid.contact)
    assert default_storage.exists(path_of(files[0].sha256)), "nothing goes before the commit"
    deliver_owed()
    assert not default_storage.exists(path_of(files[0].sha256))
    assert default_storage.exists(path_of(files[1].sha256))


def test_what_they_wanted_goes_from_what_was_set_aside_too(cast: Cast) -> None:
    wants = {"side": "buyer", "contact": cast.ingrid.contact_id, "wants": "To be on the board."}
    row = add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=wants)
    given_up = [GivenUp("wants", row.wants, is_mine=False)]
    edit_stakeholder(
        actor=cast.buyer, stakeholder_id=row.pk, version=1, values={"wants": "No surprises."}, given_up=given_up
    )
    erase(cast, cast.ingrid.contact)
    assert SetAside.objects.get().words == "(erased)"


def test_a_name_that_two_have_is_not_taken_out_of_texts(cast: Cast) -> None:
    twin = cast.contact(NAME)
    Contact.objects.filter(pk=twin.pk).update(email=cast.ingrid.contact.email)
    cast.let_in(twin)
    cast.write_problem(f"{NAME} says so.")
    erase(cast, cast.ingrid.contact)
    assert Contact.objects.get(pk=twin.pk).name == NAME
    assert cast.section("problem").statements.get().text == f"{NAME} says so."


def test_without_the_list_nothing_is_erased(cast: Cast, settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.ERASURE_LIST = str(tmp_path / "file" / "list.jsonl")
    with pytest.raises(Refused) as refused:
        erase(cast, cast.ingrid.contact)
    assert refused.value.code == "list_not_written"
    assert not Erasure.objects.exists()
    assert Contact.objects.get(pk=cast.ingrid.contact_id).name == NAME


@pytest.mark.slow
def test_a_crash_between_list_and_commit(cast: Cast, erasures: Path) -> None:
    person = cast.ingrid.contact
    before = transaction.savepoint()
    erase(cast, person)
    transaction.savepoint_rollback(before)
    assert not Erasure.objects.exists()
    assert settle_list() == (0, 1), "the erasure that was decided is carried out"
    assert Contact.objects.get(pk=cast.ingrid.contact_id).name == erased_name()
    erasures.unlink()
    assert settle_list() == (1, 0), "a lost list is written anew"
    assert settle_list() == (0, 0)
    assert [line.contact for line in erasure_list.read()] == [cast.ingrid.contact_id]


@pytest.mark.slow
def test_a_torn_line_and_a_changed_one(cast: Cast, erasures: Path) -> None:
    erase(cast, cast.ingrid.contact)
    with erasures.open("a") as file:
        file.write('{"erasure": "0190')
    assert len(erasure_list.read()) == 1
    erase(cast, cast.daniel.contact)
    assert len(erasure_list.read()) == 2
    assert [sorted(json.loads(line)) for line in erasures.read_text().splitlines()] == [
        ["at", "completes", "contact", "erasure", "retained_until"]
    ] * 2
    erasures.write_text("[]\n" + erasures.read_text())
    with pytest.raises(CommandError, match="Line 1"):
        call_command("apply_erasures", stdout=StringIO())
    with pytest.raises(CommandError, match="No such file"):
        call_command("apply_erasures", f"--list={erasures}.gone", stdout=StringIO())


@pytest.mark.slow
def test_payloads_of_others_stay(cast: Cast) -> None:
    cast.write_problem()
    say(ask(cast, cast.problem(), of=cast.daniel))
    erase(cast, cast.ingrid.contact)
    assert LedgerPayload.objects.filter(entry__type__in=("asked", "answered")).count() == 2
    assert Revision.objects.get().content is not None
