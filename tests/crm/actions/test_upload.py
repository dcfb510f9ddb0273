"""Files of forms: kept for whoever sent them and nobody else, put into the room once, swept when no form takes them."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from crm.actions import upload as upload_actions
from crm.actions.upload import KEPT_FOR, attach_upload, keep_upload, kept_upload, sweep_uploads
from crm.actors import Actor, as_participant, as_user
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound
from crm.models import Attachment, Event, FileState, Upload
from deals.actions.deal import open_deal
from tests.cast import Cast

pytestmark = pytest.mark.django_db

CSV = b"week,rate\n1,95\n"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def keep(cast: Cast, actor: Actor, name: str = "orders.csv", content: bytes = CSV) -> Upload:
    return keep_upload(actor=actor, room_id=cast.deal.room_id, name=name, content=io.BytesIO(content))


def found(cast: Cast, actor: Actor, upload_id: object) -> Upload:
    return kept_upload(actor=actor, room_id=cast.deal.room_id, upload_id=str(upload_id))


def test_a_kept_file_is_no_file_of_the_room_and_tells_nobody(cast: Cast) -> None:
    room = cast.deal.room
    events = Event.objects.count()
    upload = keep(cast, cast.rep)
    assert default_storage.exists(upload.path)
    assert not Attachment.objects.filter(room=room).exists()
    assert Event.objects.count() == events


def test_nobody_but_its_sender_finds_it_and_only_for_this_room(cast: Cast) -> None:
    mine, theirs = keep(cast, cast.rep), keep(cast, cast.buyer)
    assert found(cast, cast.rep, mine.pk) == mine
    assert found(cast, cast.buyer, theirs.pk) == theirs
    others = [as_user(cast.jonas), as_user(cast.colleague), as_user(cast.stranger), as_participant(cast.daniel)]
    for actor, upload in [(cast.buyer, mine), (cast.rep, theirs), *((one, mine) for one in others)]:
        with pytest.raises(Invalid):
            found(cast, actor, upload.pk)
    other = open_deal(actor=cast.rep, title="Another", organization_id=cast.halvorsen.pk)
    with pytest.raises(Invalid):
        kept_upload(actor=cast.rep, room_id=other.room_id, upload_id=str(mine.pk))


@pytest.mark.parametrize("upload_id", ["", "no id", "\x00", "01a21e68-dbb6-70c7-82ca-6373c1458c9e"])
def test_an_id_of_nothing_is_a_fault_at_the_file(cast: Cast, upload_id: str) -> None:
    with pytest.raises(Invalid) as error:
        found(cast, cast.rep, upload_id)
    assert [(one.field, one.code) for one in error.value.faults] == [("file", "not_kept")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("run.exe", b"MZ\x00\x01", "unknown_type"),
        ("empty.csv", b"", "empty"),
        ("broken.png", b"\x89PNG\r\n\x1a\n....", "unreadable"),
        ("a\x00.csv", CSV, "control_character"),
    ],
)
def test_what_is_not_taken_is_not_kept(cast: Cast, name: str, content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as error:
        keep(cast, cast.rep, name, content)
    assert [(one.field, one.code) for one in error.value.faults] == [("file", code)]
    assert not Upload.objects.exists()


def test_only_who_may_write_in_the_room_keeps_files_there(cast: Cast) -> None:
    with pytest.raises(NotFound):
        keep(cast, as_user(cast.stranger))
    with pytest.raises(NotAllowed):
        keep(cast, as_user(cast.colleague))


def test_it_becomes_one_checked_file_however_often_it_is_put_in(cast: Cast) -> None:
    upload = keep(cast, cast.buyer)
    first = attach_upload(actor=cast.buyer, upload=upload)
    assert (first.state, first.name, first.by_contact, first.private_to) == (
        FileState.CLEAN,
        "orders.csv",
        cast.ingrid.contact,
        "",
    )
    assert attach_upload(actor=cast.buyer, upload=upload) == first
    assert Attachment.objects.count() == 1


def test_what_no_form_can_take_any_more_is_swept_and_what_was_taken_stays(cast: Cast) -> None:
    taken, left, young = (keep(cast, cast.rep, f"{number}.csv") for number in range(3))
    file = attach_upload(actor=cast.rep, upload=taken)
    Upload.objects.exclude(pk=young.pk).update(created_at=now() - KEPT_FOR)
    with pytest.raises(Invalid):
        found(cast, cast.rep, left.pk)
    Upload.objects.exclude(pk=young.pk).update(created_at=now() - 2 * KEPT_FOR - timedelta(seconds=1))
    assert sweep_uploads() == 2
    assert list(Upload.objects.all()) == [young]
    assert [default_storage.exists(one.path) for one in (taken, left, young)] == [False, False, True]
    assert Attachment.objects.get() == file
    assert sweep_uploads() == 0


def test_others_write_while_a_file_is_looked_into(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def noting(step: str, done: Callable[..., Any]) -> Callable[..., Any]:
        def act(*given: Any) -> Any:
            steps.append(step)
            return done(*given)

        return act

    for step in ("looked_into", "lock_room"):
        monkeypatch.setattr(upload_actions, step, noting(step, getattr(upload_actions, step)))
    keep(cast, cast.rep)
    assert steps == ["looked_into", "lock_room"]
