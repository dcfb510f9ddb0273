"""Activities and comments: private to a side until shared, within a grant, changed by whoever wrote them."""

from datetime import datetime
from uuid import uuid4

import pytest

from crm.actions.activity import archive_activity, change_activity, log_activity, share_activity
from crm.actions.comment import add_comment, archive_comment, change_comment
from crm.actors import as_participant, as_user
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.models import Activity, Comment, Event, Side
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CALL = {"type": "call", "subject": "Call with Daniel", "minutes": 40, "body": "He asked for the low case."}


@pytest.fixture
def cast() -> Cast:
    return Cast()


def log(cast: Cast, **fields) -> Activity:
    return log_activity(actor=cast.rep, room_id=cast.deal.room_id, values=CALL, **fields)


def test_an_activity_stays_with_its_side_until_shared(cast: Cast) -> None:
    activity = log(cast)
    assert not Activity.objects.visible_to(cast.buyer).exists()
    assert not Event.objects.visible_to(cast.buyer).filter(type="activity.logged").exists()
    share_activity(actor=cast.rep, activity_id=activity.pk, version=1)
    assert Activity.objects.visible_to(cast.buyer).get().subject == "Call with Daniel"
    with pytest.raises(NotAllowed):
        change_activity(actor=cast.buyer, activity_id=activity.pk, version=2, values={"subject": "x"})


def test_a_buyer_notes_for_their_side_only(cast: Cast) -> None:
    mine = log_activity(actor=cast.buyer, room_id=cast.deal.room_id, values={"type": "note", "subject": "Ask Daniel"})
    assert not Activity.objects.visible_to(cast.rep).exists()
    assert archive_activity(actor=cast.buyer, activity_id=mine.pk, version=1).archived_at


def test_partners_do_not_read_each_others_notes(cast: Cast) -> None:
    sander = as_participant(cast.let_in(cast.contact("Sander Bakke"), side=Side.PARTNER))
    other = as_participant(cast.let_in(cast.contact("Other Partner"), side=Side.PARTNER))
    log_activity(actor=sander, room_id=cast.deal.room_id, values={"type": "note", "subject": "Our margin"})
    assert Activity.objects.visible_to(sander).exists()
    assert not Activity.objects.visible_to(other).exists()
    assert not Event.objects.visible_to(other).filter(type="activity.logged").exists()


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"type": "fax"}, "type", "not_a_choice"),
        ({"subject": ""}, "subject", "required"),
        ({"body": "a" * 20_001}, "body", "too_long"),
        ({"body": "a\x00b"}, "body", "control_character"),
        ({"minutes": -1}, "minutes", "out_of_range"),
        ({"minutes": "1e9"}, "minutes", "out_of_range"),
        ({"at": "yesterday"}, "at", "not_a_time"),
        ({"at": datetime(2026, 4, 9)}, "at", "not_a_time"),  # noqa: DTZ001 - a naive time is the fault
        ({"mood": "good"}, "mood", "unknown"),
    ],
)
def test_bad_words_are_told_at_their_field(cast: Cast, values: dict, field: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        log_activity(actor=cast.rep, room_id=cast.deal.room_id, values=CALL | values)
    assert [(fault.field, fault.code) for fault in error.value.faults] == [(field, code)]


def test_who_may_write(cast: Cast) -> None:
    with pytest.raises(NotFound):
        log_activity(actor=as_user(cast.stranger), room_id=cast.deal.room_id, values=CALL)
    with pytest.raises(NotAllowed):
        log_activity(actor=as_user(cast.colleague), room_id=cast.deal.room_id, values=CALL)
    activity = log(cast)
    change_activity(actor=as_user(cast.jonas), activity_id=activity.pk, version=1, values={"minutes": 45})
    with pytest.raises(Stale):
        change_activity(actor=cast.rep, activity_id=activity.pk, version=1, values={"minutes": 50})


def comment(cast: Cast, actor=None, **fields) -> Comment:
    return add_comment(actor=actor or cast.rep, room_id=cast.deal.room_id, body="Is this per week? 🙂 שלום", **fields)


def test_comments_in_the_room_are_shared_or_private(cast: Cast) -> None:
    comment(cast)
    comment(cast, private=True)
    assert Comment.objects.visible_to(cast.rep).count() == 2
    assert Comment.objects.visible_to(cast.buyer).count() == 1


def test_comments_on_rows(cast: Cast) -> None:
    cast.write_problem()
    row = cast.section("problem").statements.get()
    assert comment(cast, section="problem", subject_id=row.pk).subject_id == row.pk
    for section, subject in (("problem", uuid4()), ("criteria", row.pk), ("weather", None), ("", row.pk)):
        with pytest.raises(Invalid):
            comment(cast, section=section, subject_id=subject)


def test_a_grant_limits_comments(cast: Cast) -> None:
    limited = as_participant(cast.let_in(cast.contact("Legal Lars"), sections=["criteria"]))
    comment(cast, section="problem")
    comment(cast, section="criteria")
    comment(cast)
    assert set(Comment.objects.visible_to(limited).values_list("section", flat=True)) == {"criteria", ""}
    seen = Event.objects.visible_to(limited).filter(type="comment.added")
    assert {event.data["section"] for event in seen} == {"criteria", ""}
    with pytest.raises(NotFound):
        comment(cast, actor=limited, section="problem")


def test_only_the_author_takes_a_comment_away(cast: Cast) -> None:
    mine = comment(cast)
    for actor in (cast.buyer, as_user(cast.jonas), as_user(cast.admin)):
        with pytest.raises(NotAllowed):
            archive_comment(actor=actor, comment_id=mine.pk, version=1)
    change_comment(actor=cast.rep, comment_id=mine.pk, version=1, body="Per week, I mean.")
    with pytest.raises(Stale):
        archive_comment(actor=cast.rep, comment_id=mine.pk, version=1)
    archive_comment(actor=cast.rep, comment_id=mine.pk, version=2)
    assert not Comment.objects.visible_to(cast.buyer).exists()


@pytest.mark.parametrize("body", ["", " ", "a\x07", "a" * 5001, None, 3])
def test_bad_comments(cast: Cast, body: object) -> None:
    with pytest.raises(Invalid):
        add_comment(actor=cast.rep, room_id=cast.deal.room_id, body=body)
