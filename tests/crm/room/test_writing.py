"""Saying that one writes, and switching it off: over HTTP, from both sides."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from crm.actions import writing
from crm.models import Contact, Event, User
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
PLACE = uuid4()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was told to open pages."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(writing, "tell", lambda kind, **facts: told.append({"kind": kind, **facts}))
    return told


def from_room(client: Client, cast: Cast, **data: Any):
    return client.post(f"/room/{cast.deal.room_id}/writing/", {"place": PLACE, "section": "problem", **data})


def from_staff(client: Client, cast: Cast, **data: Any):
    return client.post("/writing/", {"room": cast.deal.room_id, "place": PLACE, "section": "problem", **data})


def test_both_sides_say_it_alike(client: Client, told: list[dict[str, Any]]) -> None:
    cast = Cast()
    client.force_login(cast.maya)
    assert from_staff(client, cast).status_code == 204
    assert from_room(client_of(cast.ingrid.contact), cast).status_code == 204
    place = {"kind": "writing", "room": str(cast.deal.room_id), "section": "problem", "place": str(PLACE)}
    assert told == [
        {**place, "person": str(cast.maya.pk), "name": "Maya Okafor"},
        {**place, "person": str(cast.ingrid.contact_id), "name": "Ingrid Solberg"},
    ]


def test_nobody_says_it_where_they_cannot_write(client: Client, told: list[dict[str, Any]]) -> None:
    cast = Cast()
    limited = cast.let_in(cast.contact("Legal Lars"), sections=["criteria"])
    assert from_room(client_of(limited.contact), cast).status_code == 404
    for user in (cast.colleague, cast.stranger):
        client.force_login(user)
        assert from_staff(client, cast).status_code == 404
    client.force_login(cast.maya)
    assert from_staff(client, cast, place="none").status_code == 404
    assert from_staff(client, cast, room="none").status_code == 404
    assert from_staff(Client(), cast).status_code == 302
    assert from_room(Client(), cast).status_code == 403
    assert told == []


@pytest.mark.slow
def test_it_is_off_for_whoever_wants_it_off_and_nobody_is_told_that_it_is(client: Client, told: list[Any]) -> None:
    cast = Cast()
    client.force_login(cast.maya)
    guest, page = client_of(cast.ingrid.contact), f"/deals/{cast.deal.pk}/problem/"
    before = Event.objects.count()
    assert client.post("/writing/show/", {"shown": "no", "next": page}).url == page
    for elsewhere in ("https://evil.example/", "//evil.example/", "foo", "deals:board"):
        assert client.post("/writing/show/", {"shown": "no", "next": elsewhere}).url == "/"
    answer = guest.post(f"/room/{cast.deal.room_id}/writing/show/", {"shown": "no"}, follow=True)
    assert "Nobody sees when you write." in answer.content.decode()
    assert "Show others that I write" in answer.content.decode()
    assert "data-writing-hidden" in answer.content.decode()
    assert "data-writing-hidden" in client.get(page).content.decode()
    assert from_staff(client, cast).status_code == from_room(guest, cast).status_code == 204
    assert told == []
    assert Event.objects.count() == before
    assert not User.objects.get(pk=cast.maya.pk).shows_writing
    assert not Contact.objects.get(pk=cast.ingrid.contact_id).shows_writing
    client.post("/writing/show/", {"shown": "yes"})
    assert from_staff(client, cast).status_code == 204
    assert len(told) == 1


@pytest.mark.slow
def test_a_draft_s_form_tells_nobody() -> None:
    cast = Cast()
    from deals.actions.problem import add_statement

    shared = add_statement(actor=cast.buyer, deal_id=cast.deal.pk, values={"part": "impact", "text": "Shared."})
    draft = add_statement(
        actor=cast.buyer, deal_id=cast.deal.pk, values={"part": "impact", "text": "Ours."}, private=True
    )
    guest, page = client_of(cast.ingrid.contact), f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/problem/"
    assert "data-writes" in guest.get(f"{page}?edit={shared.pk}").content.decode()
    assert "data-writes" not in guest.get(f"{page}?edit={draft.pk}").content.decode()
