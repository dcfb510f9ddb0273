"""The nightly check: what is whole passes, what is not is loud: log, event, page, mail; and the next checkpoint remembers it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from crm.actions.ledger_check import check_ledger
from crm.checkpoints import newest_checkpoint
from crm.clock import frozen, now
from crm.config.celery import app
from crm.events.deliver import deliver_owed
from crm.models import Delivery, Event, LedgerCheck, LedgerEntry
from crm.queries.ledger_check import OVERDUE
from tests.cast import Cast
from tests.crm.queries.test_ledger import answered_cast, as_database_owner, cut_tail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.LEDGER_CHECKPOINTS = tmp_path / "checkpoints"
    return tmp_path / "checkpoints"


@pytest.fixture
def cast() -> Cast:
    cast = answered_cast()
    assert cast.admin.is_admin
    return cast


def faults(check: LedgerCheck) -> list[str]:
    return [fault["fault"] for fault in check.faults]


def test_a_whole_ledger_is_checked_and_its_checkpoint_leaves(cast: Cast, settings: Any, folder: Path) -> None:
    settings.LEDGER_CHECKPOINT_EMAIL = "keeper@elsewhere.example"
    check = check_ledger()
    assert (check.rooms, check.entries, check.faults, check.compared_with) == (1, 3, [], "")
    file = folder / check.checkpoint
    assert json.loads(file.read_text())["digest"] == check.digest
    assert [one.name for one in folder.iterdir()] == [check.checkpoint]
    deliver_owed()
    (sent,) = [one for one in mail.outbox if one.to == ["keeper@elsewhere.example"]]
    assert check.digest in sent.subject
    assert sent.attachments[0][:2] == (check.checkpoint, file.read_bytes())
    assert check_ledger().compared_with == check.checkpoint


@pytest.mark.slow
def test_an_altered_entry_is_loud(cast: Cast, settings: Any, caplog: Any) -> None:
    check_ledger()
    as_database_owner("UPDATE crm_ledgerentry SET type = 'agreed' WHERE seq = 2")
    with caplog.at_level("ERROR"):
        check = check_ledger()
    assert faults(check)[0] == "altered_row"
    assert check.faults[0]["entry"] == 2
    assert check.faults[0]["row"] == str(LedgerEntry.objects.get(seq=2).pk)
    assert "ledger_faults_found" in caplog.text
    assert Event.objects.filter(type="ledger.faults_found", subject_id=check.pk).exists()
    deliver_owed()
    (sent,) = [one for one in mail.outbox if one.to == [cast.admin.email]]
    assert "an entry was altered" in sent.body
    assert str(cast.deal.room_id) in sent.body
    settings.LEDGER_ALARM_EMAIL = "watch@nordlicht.example"
    check_ledger()
    deliver_owed()
    assert ["watch@nordlicht.example"] in [one.to for one in mail.outbox]
    assert not Delivery.objects.filter(done_at=None).exists()


@pytest.mark.slow
def test_an_administrator_sees_it_on_every_page_and_nobody_else(cast: Cast, client: Client) -> None:
    check_ledger()
    cut_tail()
    check_ledger()
    client.force_login(cast.admin)
    assert "The record is not what it was" in client.get("/clients/").content.decode()
    page = client.get("/ledger/").content.decode()
    assert "the end of the chain was cut off" in page
    assert cast.deal.room.title in page
    client.force_login(cast.maya)
    assert "The record is not what it was" not in client.get("/clients/").content.decode()
    assert client.get("/ledger/").status_code == 404


def test_a_check_that_stays_away_is_told(cast: Cast, client: Client) -> None:
    check_ledger()
    client.force_login(cast.admin)
    assert "was last checked" not in client.get("/clients/").content.decode()
    with frozen(now() + OVERDUE * 2):
        assert "was last checked" in client.get("/clients/").content.decode()


def test_a_cut_tail_is_named_each_night_until_it_is_mended(cast: Cast) -> None:
    check_ledger()
    cut_tail()
    for _night in range(2):
        check = check_ledger()
        assert faults(check) == ["altered_answer", "cut_tail"]
        assert check.faults[-1]["entry"] == 3
    with pytest.raises(CommandError, match="2 faults"):
        call_command("check_ledger")


def test_a_room_that_is_gone_is_named(cast: Cast) -> None:
    check_ledger()
    as_database_owner("TRUNCATE crm_ledgerentry CASCADE")
    assert {"missing_room", "unrecorded_answer"} <= set(faults(check_ledger()))


def test_a_checkpoint_that_is_gone_or_was_changed_is_named(cast: Cast) -> None:
    check_ledger()
    newest = newest_checkpoint()
    assert newest is not None
    newest.write_text(newest.read_text().replace('"seq": 3', '"seq": 2'))
    assert faults(check_ledger()) == ["altered_checkpoint"]
    newest_checkpoint().unlink()
    assert "missing_checkpoint" in faults(check_ledger())


def test_what_the_chain_covers_is_checked(cast: Cast) -> None:
    as_database_owner("UPDATE crm_revision SET content = jsonb_set(content, '{problem}', '{}')")
    as_database_owner("UPDATE crm_consent SET answer = 'agreed'")
    as_database_owner("""UPDATE crm_signinfacts SET content = '{"address": "203.0.113.9"}'""")
    assert faults(check_ledger()) == ["altered_revision", "altered_answer", "altered_facts", "altered_facts"]


def test_it_runs_each_night() -> None:
    tasks = {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()}
    assert tasks["crm.tasks.check_ledger"].hour == {2}
    assert "crm.tasks.drop_sign_in_facts" in tasks


def test_facts_of_sign_ins_go_after_their_time_and_the_chain_fits(cast: Cast, settings: Any) -> None:
    from crm.tasks import drop_sign_in_facts

    with connection.cursor() as cursor:
        cursor.execute("SELECT content->>'address' FROM crm_signinfacts")
        assert cursor.fetchall() == [("198.51.100.7",)] * 2
    assert drop_sign_in_facts() == 0
    settings.SIGN_IN_FACTS_DAYS = -1
    assert drop_sign_in_facts() == 2
    assert check_ledger().is_whole
