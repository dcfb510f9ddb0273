"""Whom we would most like to work with: marked on the page, in the table, over REST, and carried by a merge."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.merge import merge_entries, undo_merge
from crm.actions.organization import change_organization, create_organization
from crm.errors import Invalid
from crm.models import Event
from crm.queries.merge import preview
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_it_is_marked_and_unmarked_on_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    url, page = (reverse(f"crm:{name}", args=[cast.halvorsen.pk]) for name in ("mark_dream_client", "client"))
    shown = client.post(url, {"version": cast.halvorsen.version, "is": "on"}, follow=True).content.decode()
    assert "Not a dream client any more" in shown
    assert client.post(url, {"version": cast.halvorsen.version, "is": "on"}).status_code == 409
    event = Event.objects.filter(type="organization.changed", subject_id=cast.halvorsen.pk).get()
    assert event.data == {"fields": ["dream_client"]}
    assert "Mark as a dream client" in client.post(url, {"version": 2}, follow=True).content.decode()
    assert "Mark as a dream client" in client.get(page).content.decode()


def test_the_table_filters_and_changes_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    assert "Halvorsen Foods" not in client.get("/clients/?where=dream_client:is:yes").content.decode()
    assert "Halvorsen Foods" in client.get("/clients/?where=dream_client:is:no&columns=dream_client").content.decode()
    cell = reverse("crm:cell", args=["organization", cast.halvorsen.pk, "dream_client"])
    data = {"version": cast.halvorsen.version, "dream_client": "True", "started_from": '{"dream_client": "False"}'}
    assert client.post(cell, data).status_code == 302
    shown = client.get("/clients/?where=dream_client:is:yes").content.decode()
    assert '<span class="sr">Dream client</span>' in shown


def test_it_is_yes_or_no_over_rest(cast: Cast) -> None:
    api, path = Caller(make_key(cast.maya)), f"/organizations/{cast.halvorsen.pk}/"
    problem_of(api.patch(path, {"dream_client": "yes"}, version=1), 400)
    assert api.patch(path, {"dream_client": True}, version=1).json()["dream_client"] is True
    assert len(api.get("/organizations/?dream_client=true").json()["data"]) == 1
    with pytest.raises(Invalid):
        change_organization(
            actor=cast.rep, organization_id=cast.halvorsen.pk, version=2, values={"dream_client": "yes"}
        )


def test_a_merge_takes_the_mark_as_its_preview_says(cast: Cast) -> None:
    other = create_organization(actor=cast.rep, values={"name": "Halvorsen Foods AS", "dream_client": True})
    fields = preview(cast.rep, "organization", cast.halvorsen.pk, other.pk).fields
    (mark,) = [one for one in fields if one.name == "dream_client"]
    assert (mark.kept, mark.other, mark.takes) == ("", "Yes", True)
    one = merge_entries(
        actor=cast.rep, kind="organization", kept_id=cast.halvorsen.pk, merged_id=other.pk, version=1,
        merged_version=1, take=["dream_client"],
    )  # fmt: skip
    cast.halvorsen.refresh_from_db()
    assert cast.halvorsen.dream_client
    undo_merge(actor=cast.rep, merge_id=one.pk, version=one.version)
    cast.halvorsen.refresh_from_db()
    assert not cast.halvorsen.dream_client
