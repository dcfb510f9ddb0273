"""A page that looks at itself again takes nothing from anybody: no message, no time of a session."""

from datetime import timedelta

import pytest
from django.test import Client

from crm.clock import now
from crm.models import RoomSession
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
REFRESH = {"X-Live-Refresh": "1"}


@pytest.mark.slow
def test_a_message_waits_for_the_page_it_is_for(client: Client) -> None:
    cast = Cast()
    client.force_login(cast.maya)
    page = f"/deals/{cast.deal.pk}/problem/"
    client.post("/writing/show/", {"shown": "no", "next": page})
    assert "Nobody sees when you write." not in client.get(page, headers=REFRESH).content.decode()
    assert "Nobody sees when you write." in client.get(page).content.decode()
    assert "Nobody sees when you write." not in client.get(page).content.decode()


@pytest.mark.slow
def test_an_open_page_does_not_keep_a_session_alive() -> None:
    cast = Cast()
    client, page = client_of(cast.ingrid.contact), f"/room/{cast.deal.room_id}/"
    before = now() - timedelta(hours=1)
    RoomSession.objects.update(last_seen_at=before)
    assert client.get(page, headers=REFRESH).status_code == 200
    assert RoomSession.objects.get().last_seen_at == before
    assert client.get(page).status_code == 200
    assert RoomSession.objects.get().last_seen_at > before


@pytest.mark.slow
def test_only_pages_of_people_who_are_signed_in_ask_for_news(client: Client) -> None:
    cast = Cast()
    assert "data-stream" not in client.get("/accounts/login/").content.decode()
    assert "data-stream" not in client.get("/room/door/").content.decode()
    guest = client_of(cast.ingrid.contact).get(f"/room/{cast.deal.room_id}/").content.decode()
    assert 'data-stream="/room/live/"' in guest
    client.force_login(cast.maya)
    page = client.get(f"/deals/{cast.deal.pk}/problem/").content.decode()
    assert 'data-stream="/live/"' in page
    assert f'data-stream-as="{cast.maya.pk}"' in page
