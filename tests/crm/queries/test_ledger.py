"""The ledger: what somebody with every right in the database changes is found and named."""

import json
import tracemalloc
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from crm.actions.consent import answer_question, fingerprint, withdraw_consent
from crm.actions.ledger import append_entry
from crm.actions.room import open_room
from crm.actors import as_participant
from crm.clock import now
from crm.models import Consent, LedgerEntry, LedgerPayload, Room
from crm.queries import ledger
from crm.queries.ledger import verify_rooms
from tests.cast import Cast
from tests.crm.actions.test_consent import ask
from tests.database import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


SESSION = {"how": "room session after a code by mail", "session": "1", "address": "198.51.100.7", "browser": "Firefox"}


def answered_cast() -> Cast:
    """A chain of three: asked, answered, withdrawn."""
    cast = Cast()
    cast.write_problem()
    buyer = as_participant(cast.ingrid, fresh_at=now(), session=SESSION)
    question = ask(cast)
    shown = fingerprint(list(question.consents.all()))
    answer_question(actor=buyer, question_id=question.pk, shown_hash=shown, answer="agreed")
    withdraw_consent(actor=buyer, consent_id=Consent.objects.get().pk)
    return cast


def cut_tail() -> None:
    """Take the last entry of the chain of three away."""
    as_database_owner(
        "DELETE FROM crm_signinfacts USING crm_ledgerentry WHERE payload_id = id AND seq = 3;"
        "DELETE FROM crm_ledgerpayload USING crm_ledgerentry WHERE entry_id = id AND seq = 3;"
        "DELETE FROM crm_ledgerentry WHERE seq = 3"
    )


@pytest.fixture
def cast() -> Cast:
    return answered_cast()


def as_database_owner(sql: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(sql)


def verify(*arguments: str) -> tuple[bool, str]:
    """Return whether all is well, and what the command said."""
    out = StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode != 1, out.getvalue() + str(error)
    return True, out.getvalue()


def test_a_whole_ledger(cast: Cast) -> None:
    assert verify() == (True, "1 rooms, 3 entries checked, 0 erased, 0 faults\n")
    assert verify("--room", str(cast.deal.room_id))[0]


@pytest.mark.parametrize(
    ("sql", "fault", "row"),
    [
        ("UPDATE crm_ledgerentry SET type = 'agreed' WHERE seq = 2", "altered_row", 2),
        ("UPDATE crm_ledgerentry SET at = at + interval '1 second' WHERE seq = 3", "altered_row", 3),
        (
            "DELETE FROM crm_signinfacts; DELETE FROM crm_ledgerpayload USING crm_ledgerentry WHERE entry_id = id AND seq = 2",
            "missing_payload",
            2,
        ),
        (
            "DELETE FROM crm_signinfacts; DELETE FROM crm_ledgerpayload USING crm_ledgerentry WHERE entry_id = id AND seq = 2;"
            "DELETE FROM crm_ledgerentry WHERE seq = 2",
            "gap",
            2,
        ),
        (
            "UPDATE crm_ledgerentry SET seq = 9 WHERE seq = 2; UPDATE crm_ledgerentry SET seq = 2 WHERE seq = 3;"
            "UPDATE crm_ledgerentry SET seq = 3 WHERE seq = 9",
            "wrong_previous",
            2,
        ),
        (
            "UPDATE crm_ledgerpayload SET content = jsonb_set(content, '{answer}', '\"declined\"')"
            " FROM crm_ledgerentry WHERE entry_id = id AND seq = 2",
            "altered_payload",
            2,
        ),
    ],
)
def test_what_the_owner_of_the_tables_changes_is_found(cast: Cast, sql: str, fault: str, row: int) -> None:
    as_database_owner(sql)
    is_whole, said = verify()
    assert not is_whole
    assert f"room {cast.deal.room_id}: {fault} at row {row}" in said


def test_a_cut_tail_shows_against_a_checkpoint_only(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "heads.json"
    call_command("ledger_checkpoint", "--out", str(file), stdout=StringIO())
    assert verify("--checkpoint", str(file))[0]
    cut_tail()
    is_whole, said = verify()
    assert not is_whole  # the chain fits, but the answer's row knows what came after
    assert "altered_answer" in said
    is_whole, said = verify("--checkpoint", str(file))
    assert not is_whole
    assert "cut_tail against the checkpoint at row 3" in said


def test_a_chain_that_has_grown_fits_its_checkpoint(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "heads.json"
    call_command("ledger_checkpoint", "--out", str(file), stdout=StringIO())
    cast.write_problem("More words.")
    ask(cast)
    assert verify("--checkpoint", str(file))[0]


@pytest.mark.parametrize("change", ["hash", "text", "missing"])
def test_a_checkpoint_that_was_changed_is_told(cast: Cast, tmp_path: Path, change: str) -> None:
    file = tmp_path / "heads.json"
    call_command("ledger_checkpoint", "--out", str(file), stdout=StringIO())
    if change == "hash":
        content = json.loads(file.read_text())
        content["heads"][str(cast.deal.room_id)]["hash"] = "0" * 64
        file.write_text(json.dumps(content))
    elif change == "text":
        file.write_text("[]")
    else:
        file.unlink()
    assert not verify("--checkpoint", str(file))[0]


def test_what_was_erased_is_told_as_erased(cast: Cast) -> None:
    room = Room.objects.get(pk=cast.deal.room_id)
    with transaction.atomic():
        append_entry(room, "erased", payload={"entries": [2]})
    LedgerPayload.objects.filter(entry__seq=2).delete()
    is_whole, said = verify()
    assert is_whole
    assert "erased on request: rows 2" in said


@pytest.mark.slow
def test_memory_stays_flat(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "CHUNK", 20)

    def peak(room: Room, rows: int) -> int:
        with transaction.atomic():
            for _number in range(rows):
                append_entry(room, "asked", payload={"words": "x" * 10_000})
        tracemalloc.start()
        (found,) = verify_rooms(room.pk)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found.report.checked == rows
        return most

    rooms = [open_room(actor=cast.rep, title=f"{n}", owner=cast.maya, team=cast.team) for n in range(2)]
    assert peak(rooms[1], 300) < peak(rooms[0], 60) * 1.6
    assert LedgerEntry.objects.count() == 363
