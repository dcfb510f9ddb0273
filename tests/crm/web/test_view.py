"""Saved views as pages: kept from what one looks at, begun in, changed, deleted."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.view import change_view
from crm.models import View
from tests.cast import Cast

pytestmark = pytest.mark.django_db

WHERE = "status:is:open;amount:at_least:1000"


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def kept(maya: Client, **typed: str) -> View:
    url = f"{reverse('crm:save_view', args=['deal'])}?form=table&where={WHERE}&sort=-amount&columns=amount"
    assert "Save this view" in maya.get(url).content.decode()
    answer = maya.post(url, {"name": "Large", **typed}, follow=True)
    assert answer.status_code == 200
    assert "Saved as “Large”" in answer.content.decode()
    return View.objects.get()


@pytest.mark.slow
def test_a_view_is_kept_and_opened_and_is_where_one_begins(cast: Cast, maya: Client) -> None:
    view = kept(maya, begin="on", shared="on")
    assert (view.where, view.sort, view.columns, view.form, view.team) == (
        WHERE,
        "-amount",
        ["amount"],
        "table",
        cast.team,
    )
    page = maya.get("/deals/").content.decode()
    assert "at least 1,000" in page
    assert 'aria-sort="descending"' in page
    maya.post(reverse("crm:change_view", args=[view.pk]), {"name": "Larger", "version": 1})
    assert maya.get("/deals/").content.decode().count('class="deal-card"') == 1  # again what everybody begins with
    view.refresh_from_db()
    assert (view.name, view.team) == ("Larger", None)


@pytest.mark.slow
def test_a_view_that_was_changed_offers_to_keep_the_change(cast: Cast, maya: Client) -> None:
    view = kept(maya)
    same = f"/deals/?view={view.pk}"
    assert "Save the change" not in maya.get(same).content.decode()
    changed = f"{same}&sort=amount"
    assert "Save the change" in maya.get(changed).content.decode()
    maya.post(f"{reverse('crm:update_view', args=[view.pk])}?view={view.pk}&sort=amount", {"version": 1})
    view.refresh_from_db()
    assert (view.sort, view.where) == ("amount", WHERE)
    assert "Save the change" not in maya.get(changed).content.decode()
    answer = maya.post(reverse("crm:delete_view", args=[view.pk]), {"version": 2}, follow=True)
    assert "Deleted" in answer.content.decode()
    assert maya.get(same).status_code == 404


def test_a_name_that_is_taken_keeps_what_was_typed(cast: Cast, maya: Client) -> None:
    kept(maya)
    answer = maya.post(reverse("crm:save_view", args=["deal"]), {"name": "Large", "shared": "on"})
    assert answer.status_code == 422
    assert "You have a view of this name already" in answer.content.decode()
    assert 'value="Large"' in answer.content.decode()
    assert maya.get(f"{reverse('crm:save_view', args=['deal'])}?where=zzz").status_code == 400
    assert maya.get(reverse("crm:save_view", args=["poem"])).status_code == 404


@pytest.mark.slow
def test_others_begin_in_a_shared_view_but_do_not_change_it(cast: Cast, maya: Client) -> None:
    view = kept(maya)
    change_view(actor=cast.rep, view_id=view.pk, version=1, values={"shared": True})
    other = Client()
    other.force_login(cast.colleague)
    url = reverse("crm:change_view", args=[view.pk])
    page = other.get(url).content.decode()
    assert "Delete this view" not in page
    assert 'name="name"' not in page
    other.post(url, {"begin": "on", "version": 2})
    assert "at least 1,000" in other.get("/deals/").content.decode()
    assert other.post(reverse("crm:update_view", args=[view.pk]), {"version": 2}).status_code == 403
    stranger = Client()
    stranger.force_login(cast.stranger)
    assert stranger.get(url).status_code == 404
