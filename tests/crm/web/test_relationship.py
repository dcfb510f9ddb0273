"""Saying how well we know a client, on its page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.organization import change_organization
from crm.actions.relationship import state_relationship
from crm.actors import as_user
from crm.models import Organization, Relationship
from tests.cast import Cast
from tests.crm.web.test_directory_forms import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def url(cast: Cast) -> str:
    return reverse("crm:relationship", args=[cast.halvorsen.pk])


def page(cast: Cast, client: Client) -> str:
    return client.get(reverse("crm:client", args=[cast.halvorsen.pk])).content.decode()


def typed(cast: Cast, client: Client, **words: Any) -> dict[str, Any]:
    return opened(client, url(cast)) | {"level": "working", "evidence": "Two promises kept: 22 September", **words}


def test_the_page_invites_and_then_says_it_with_who_and_what_was_before(cast: Cast, maya: Client) -> None:
    assert "Nobody has said yet where you stand" in page(cast, maya)
    assert maya.post(url(cast), typed(cast, maya)).status_code == 302
    shown = page(cast, maya)
    assert "Two promises kept<small>22 September</small>" in shown
    assert "Maya Okafor, " in shown
    assert "What was said before" not in shown
    maya.post(url(cast), typed(cast, maya, level="relying", missing="Somebody besides Ingrid"))
    shown = page(cast, maya)
    assert "What was said before" in shown
    assert "Somebody besides Ingrid" in shown


def test_without_evidence_nothing_is_saved_and_nothing_lost(cast: Cast, maya: Client) -> None:
    answer = maya.post(url(cast), typed(cast, maya, evidence="", missing="A goal of theirs"))
    assert answer.status_code == 422
    assert "at least one thing that happened" in answer.content.decode()
    assert "A goal of theirs" in answer.content.decode()
    assert not Relationship.objects.exists()


def state(cast: Cast, level: str, *evidence: str) -> None:
    organization = Organization.objects.get(pk=cast.halvorsen.pk)
    said = {"level": level, "evidence": evidence}
    actor = as_user(cast.colleague)
    state_relationship(actor=actor, organization_id=organization.pk, version=organization.version, values=said)


def test_the_second_writer_sees_both(cast: Cast, maya: Client) -> None:
    state(cast, "met", "We met in Oslo")
    mine = typed(cast, maya, level="met", evidence="We met in Oslo, twice")
    state(cast, "met", "We met in Oslo in May")
    answer = maya.post(url(cast), mine)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Jo Weber and you changed" in shown
    both = {name: value[0] for name, value in answer.context["form"].data.lists()} if "form" in answer.context else {}
    decided = mine | both | {"version": str(Organization.objects.get(pk=cast.halvorsen.pk).version)}
    decided |= {"keep-evidence": "both", "both-evidence": "We met in Oslo in May\nWe met in Oslo, twice"}
    assert maya.post(url(cast), decided).status_code == 302
    assert "We met in Oslo in May" in page(cast, maya)


def test_other_facts_changed_meanwhile_do_no_harm(cast: Cast, maya: Client) -> None:
    mine = typed(cast, maya)
    change_organization(actor=cast.rep, organization_id=cast.halvorsen.pk, version=1, values={"city": "Duluth"})
    assert maya.post(url(cast), mine).status_code == 302
    assert Relationship.objects.get().level == "working"


def test_clients_are_sorted_and_filtered_by_it(cast: Cast, maya: Client) -> None:
    state(cast, "relying", "They asked us first")
    for where, is_there in (
        ("relationship:is:relying", True),
        ("relationship:is:met", False),
        ("relationship:empty", False),
    ):
        shown = maya.get(f"/clients/?where={where}&columns=relationship&sort=-relationship").content.decode()
        assert ("Halvorsen Foods" in shown) == is_there
    assert "We rely on each other" in maya.get("/clients/?columns=relationship&sort=relationship").content.decode()
