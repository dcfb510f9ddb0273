"""People and teams on the page of the settings: added, changed, let go and let in again, through the actions."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import Event, Team, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LIST = "/settings/people/"


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    assert cast.admin
    assert cast.maya
    assert cast.tomas
    return cast


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(**values: str) -> dict[str, str]:
    return {
        "email": "New@nordlicht.example",
        "name": "Noor",
        "role": "rep",
        "time_zone": "UTC",
        "locale": "en",
    } | values


def state(user: User, verb: str) -> str:
    return reverse("crm:user_state", args=[user.pk, verb])


def test_everybody_is_shown_below_their_team(cast: Cast) -> None:
    admin = browser(cast.admin)
    html = admin.get(LIST).content.decode()
    places = [
        html.index(words)
        for words in ("Sales</h2>", "Fresh food and retail", "Maya Okafor", "In no team", "Tomás Herrera")
    ]
    assert places == sorted(places)
    rep = browser(cast.maya)
    html = rep.get(LIST).content.decode()
    assert "Tomás Herrera" in html
    assert reverse("crm:new_user") not in html
    assert rep.get(reverse("crm:user", args=[cast.tomas.pk])).status_code == 403
    assert rep.post(state(cast.tomas, "deactivate"), {"version": "1"}).status_code == 403


@pytest.mark.slow
def test_a_colleague_is_added_changed_let_go_and_let_in_again(cast: Cast) -> None:
    admin = browser(cast.admin)
    refused = admin.post(reverse("crm:new_user"), typed(email=cast.maya.email, time_zone="Mars"))
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "A colleague has this address already." in html
    assert "There is no such time zone." in html
    assert 'value="Noor"' in html
    assert admin.post(reverse("crm:new_user"), typed(team=str(cast.team.pk))).status_code == 302
    noor = User.objects.get(email="new@nordlicht.example")
    assert not noor.has_usable_password()
    url = reverse("crm:user", args=[noor.pk])
    form = admin.get(url).context["form"]
    sent = {name: form[name].value() or "" for name in (*form.merged, "version", "started_from")}
    assert admin.post(url, sent | {"name": "Noor Said", "team": ""}).status_code == 302
    noor.refresh_from_db()
    assert (noor.name, noor.team, noor.version) == ("Noor Said", None, 2)
    assert admin.post(url, sent | {"title": "Rep"}).status_code == 302, "put together with what the other changed"
    assert admin.post(url, sent | {"name": "Noor B"}).status_code == 409
    noor.refresh_from_db()
    assert (noor.name, noor.title) == ("Noor Said", "Rep")
    assert admin.post(state(noor, "deactivate"), {"version": noor.version}).status_code == 302
    assert "1 can no longer sign in" in admin.get(LIST).content.decode()
    noor.refresh_from_db()
    assert not noor.is_active
    assert admin.post(state(noor, "reactivate"), {"version": noor.version}).status_code == 302
    assert admin.post(state(noor, "promote"), {"version": "9"}).status_code == 404
    html = admin.get(url).content.decode()
    for words in ("Ada Admin added Noor Said", "changed the facts of", "ended the access of", "let Noor Said in again"):
        assert words in html


def test_the_last_administrator_stays(cast: Cast) -> None:
    admin = browser(cast.admin)
    answer = admin.post(
        reverse("crm:user", args=[cast.admin.pk]),
        typed(email=cast.admin.email, name="Ada", version=str(cast.admin.version)),
    )
    assert answer.status_code == 422
    assert "This is the last administrator" in answer.content.decode()
    assert admin.post(state(cast.admin, "deactivate"), {"version": cast.admin.version}).status_code == 409


def test_a_team_moves_with_all_below_it_and_not_into_a_circle(cast: Cast) -> None:
    admin = browser(cast.admin)
    assert admin.post(reverse("crm:new_team"), {"name": "West", "parent": ""}).status_code == 302
    west = Team.objects.get(name="West")
    assert admin.post(reverse("crm:new_team"), {"name": "West", "parent": ""}).status_code == 422
    moved = {"version": "1", "name": cast.root.name, "parent": str(west.pk)}
    assert admin.post(reverse("crm:team", args=[cast.root.pk]), moved).status_code == 302
    assert Team.objects.get(pk=cast.team.pk).lineage == [west.pk, cast.root.pk, cast.team.pk]
    circle = admin.post(reverse("crm:team", args=[west.pk]), {"name": "West", "parent": str(cast.team.pk)})
    assert circle.status_code == 422
    assert Event.objects.filter(type="team.changed").count() == 1
    assert "made the team West" in admin.get(reverse("crm:team", args=[west.pk])).content.decode()
