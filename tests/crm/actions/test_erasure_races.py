"""Erasing somebody while they act, on real connections that really commit: nothing slips in behind the erasure."""

import io
from functools import partial
from pathlib import Path

import pytest

from crm.actions.attachment import add_attachment
from crm.actions.comment import add_comment
from crm.actions.consent import answer_question, fingerprint
from crm.actions.data_request import request_data
from crm.actions.erasure import erase_contact, settle_list
from crm.actions.sign_in import Browser, enter_code
from crm.erasure_list import read
from crm.errors import DomainError
from crm.models import Erasure, LedgerEntry, Participant, RoomSession
from crm.queries.ledger import verify_rooms
from crm.secrets import new_token
from tests.canaries import administrator, left, word
from tests.cast import Cast
from tests.crm.actions.test_consent_races import asked, together
from tests.crm.room.door import ask_for_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path: Path) -> None:
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")
    settings.MEDIA_ROOT = str(tmp_path / "files")


@pytest.mark.parametrize("turn", range(3))
def test_erased_while_they_act(turn: int) -> None:
    cast = Cast()
    cast.write_problem()
    question = asked(cast)
    person, room, buyer, admin = cast.ingrid.contact, cast.deal.room_id, cast.buyer, administrator(cast)
    browser = Browser(new_token(), "127.0.0.1", word("browser"))
    code, shown = ask_for_code(person, browser), fingerprint(list(question.consents.all()))
    erase = partial(erase_contact, actor=admin, contact_id=person.pk, confirmed_name=person.name, ground="Article 17.")
    acts = [
        partial(
            answer_question, actor=buyer, question_id=question.pk, shown_hash=shown, answer="change", note=word("note")
        ),
        erase,
        partial(add_comment, actor=buyer, room_id=room, body=word("comment")),
        partial(enter_code, browser=browser, code=code),
        partial(request_data, actor=buyer, kind="erasure", note=word("request")),
        partial(add_attachment, actor=buyer, room_id=room, name=f"{word('file')}.txt", content=io.BytesIO(b"words")),
        erase,
        settle_list,
    ]
    outcomes = together(*acts[turn:], *acts[:turn])
    assert all(outcome is not None for outcome in outcomes)
    assert not any(isinstance(one, DomainError) and one.code == "list_not_written" for one in outcomes)
    erasure = Erasure.objects.get()
    assert left() == []
    assert not Participant.objects.active().filter(contact=person).exists()
    assert not RoomSession.objects.filter(ended_at=None).exists()
    assert [one.report.fault for one in verify_rooms()] == [None]
    assert LedgerEntry.objects.filter(type="erased").count() == 1
    assert [line.erasure for line in read()] == [erasure.pk]
