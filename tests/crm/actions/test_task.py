"""Tasks: one person's own, due on a day or at a moment, with a reminder that comes once."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.test import TestCase
from hypothesis import given
from hypothesis import strategies as st

from crm.actions.erasure import erase_contact
from crm.actions.task import archive_task, change_task, complete_task, create_task, reopen_task
from crm.actors import as_user
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.events.deliver import deliver_owed
from crm.models import Delivery, Event, Task
from crm.queries.task import due_words, is_overdue, open_tasks
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)


def note(cast: Cast, **values) -> Task:
    return create_task(actor=cast.rep, values={"title": "Send the case notes", **values})


def test_a_task_is_seen_by_its_person_alone(cast: Cast) -> None:
    task = note(cast, about=cast.deal.pk)
    assert (task.room_id, task.subject_id) == (cast.deal.room_id, cast.deal.pk)
    for other in (cast.colleague, cast.jonas, cast.admin):
        assert not Task.objects.visible_to(as_user(other)).exists()
        with pytest.raises(NotFound):
            complete_task(actor=as_user(other), task_id=task.pk, version=1)
        assert not Event.objects.visible_to(as_user(other)).filter(type__startswith="task.").exists()
    assert not Task.objects.visible_to(cast.buyer).exists()
    assert not Event.objects.visible_to(cast.buyer).filter(type__startswith="task.").exists()
    assert Event.objects.visible_to(cast.rep).get(type="task.created").subject_id == task.pk
    with pytest.raises(NotAllowed):
        create_task(actor=cast.buyer, values={"title": "Ours"})


def test_done_reopened_and_off_the_list(cast: Cast) -> None:
    task = note(cast)
    done = complete_task(actor=cast.rep, task_id=task.pk, version=1)
    assert done.is_done
    assert complete_task(actor=cast.rep, task_id=task.pk, version=1).version == 2
    with pytest.raises(Stale):
        reopen_task(actor=cast.rep, task_id=task.pk, version=1)
    reopen_task(actor=cast.rep, task_id=task.pk, version=2)
    archive_task(actor=cast.rep, task_id=task.pk, version=3)
    assert not Task.objects.visible_to(cast.rep).exists()
    kinds = Event.objects.filter(subject_id=task.pk).order_by("pk").values_list("type", flat=True)
    assert list(kinds) == ["task.created", "task.completed", "task.reopened", "task.archived"]


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"title": " "}, "title", "required"),
        ({"title": "a\nb"}, "title", "one_line"),
        ({"title": "a" * 201}, "title", "too_long"),
        ({"title": "a\x00"}, "title", "control_character"),
        ({"about": uuid4()}, "about", "unknown"),
        ({"about": "x"}, "about", "unknown"),
        ({"due_on": "2026-02-30"}, "due_on", "not_a_date"),
        ({"due_on": "9999-01-01"}, "due_on", "out_of_range"),
        ({"due_at": "2026-04-14T10:00:00"}, "due_at", "no_time_zone"),
        ({"due_on": "2026-04-14", "due_at": "2026-04-14T10:00:00Z"}, "due_on", "one_of"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "not_a_time_zone"),
        ({"remind_at": "2020-01-01T10:00:00Z"}, "remind_at", "in_the_past"),
        ({"user": uuid4()}, "user", "unknown"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(cast: Cast, values: dict, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        note(cast, **values)
    assert [(one.field, one.code) for one in refusal.value.faults] == [(field, code)]
    assert not Task.objects.exists()


def test_a_task_is_about_what_its_person_sees(cast: Cast) -> None:
    for about in (cast.deal.pk, cast.deal.room_id):
        with pytest.raises(Invalid):
            create_task(actor=as_user(cast.stranger), values={"title": "Theirs", "about": about})
    assert note(cast, about=cast.deal.room_id).subject_id is None


def test_the_day_of_a_moment_is_the_one_in_its_zone(cast: Cast) -> None:
    task = note(cast, due_at="2026-04-14T23:30:00Z", time_zone="Europe/Oslo")
    assert task.due_on == date(2026, 4, 15)
    kept = change_task(actor=cast.rep, task_id=task.pk, version=1, values={"due_on": "2026-04-20"})
    assert (kept.due_on, kept.due_at) == (date(2026, 4, 20), None)
    free = change_task(actor=cast.rep, task_id=task.pk, version=2, values={"due_at": None})
    assert (free.due_on, free.due_at) == (None, None)


@given(days=st.integers(-400, 400), moment=st.booleans())
def test_a_task_is_late_once_its_time_has_passed(days: int, moment: bool) -> None:
    at = TUESDAY + timedelta(days=days)
    task = Task(title="x", due_on=at.date(), due_at=at if moment else None, time_zone="UTC")
    with frozen(TUESDAY + timedelta(seconds=1)):
        assert is_overdue(task) == (days <= 0 if moment else days < 0)
        assert ("was due" in due_words(task)) == (days < 0)
        assert ("due today" in due_words(task)) == (days == 0)
        task.done_at = now()
        assert not is_overdue(task)


def test_open_tasks_come_soonest_first(cast: Cast) -> None:
    with frozen(TUESDAY):
        for title, day in (("later", "2026-05-01"), ("no day", None), ("today", "2026-04-14")):
            create_task(actor=cast.rep, values={"title": title, "due_on": day, "about": cast.deal.pk})
        rows = open_tasks(cast.rep)
    assert [row.task.title for row in rows] == ["today", "later", "no day"]
    assert {row.place.client for row in rows if row.place} == {"Halvorsen Foods"}


def reminded(at: datetime) -> int:
    """Deliver what is due at `at`, and return how many reminders left."""
    mail.outbox.clear()
    with frozen(at), TestCase.captureOnCommitCallbacks(execute=True):
        deliver_owed()
    return sum("You wanted to be reminded" in one.subject for one in mail.outbox)


def test_a_reminder_comes_at_its_moment_and_once(cast: Cast) -> None:
    Delivery.objects.all().delete()
    with frozen(TUESDAY):
        task = note(cast, about=cast.deal.pk, due_on="2026-04-15", remind_at=TUESDAY + timedelta(hours=2))
    assert reminded(TUESDAY + timedelta(hours=1)) == 0
    with frozen(TUESDAY + timedelta(hours=1)):
        change_task(actor=cast.rep, task_id=task.pk, version=1, values={"remind_at": TUESDAY + timedelta(hours=3)})
    assert reminded(TUESDAY + timedelta(hours=2)) == 0
    assert reminded(TUESDAY + timedelta(hours=3)) == 1
    assert "Halvorsen Foods, tomorrow" in str(mail.outbox[0].body)
    assert reminded(TUESDAY + timedelta(hours=4)) == 0


def test_nobody_is_reminded_of_what_is_done(cast: Cast) -> None:
    Delivery.objects.all().delete()
    with frozen(TUESDAY):
        task = note(cast, remind_at=TUESDAY + timedelta(hours=2))
        complete_task(actor=cast.rep, task_id=task.pk, version=1)
    assert reminded(TUESDAY + timedelta(hours=3)) == 0


def test_a_person_is_erased_from_the_tasks_of_others(cast: Cast) -> None:
    name = cast.ingrid.contact.name
    note(cast, title=f"Call {name}", about=cast.deal.pk)
    note(cast, title=f"Lunch with {name}")
    erase_contact(
        actor=as_user(cast.admin), contact_id=cast.ingrid.contact_id, confirmed_name=name, ground="She asked for it."
    )
    assert not Task.objects.filter(title__contains=name).exists()
