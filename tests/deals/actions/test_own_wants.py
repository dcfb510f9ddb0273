"""What somebody wants, in their own words, is reworded by their own side alone; everything else on the map stays open to both."""

import pytest
from django.test import Client

from crm.actors import Actor, as_participant
from crm.errors import NotAllowed
from deals.actions.stakeholder import add_stakeholder, edit_stakeholder, share_stakeholder
from deals.models import Stakeholder
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


def put(cast: Cast, actor: Actor, wants: str = "No surprises.", quoted: bool = True) -> Stakeholder:
    values = {"side": "buyer", "contact": cast.ingrid.contact_id, "wants": wants, "wants_is_quoted": quoted}
    return add_stakeholder(actor=actor, deal_id=cast.deal.pk, values=values)


def edit(actor: Actor, row: Stakeholder, private: bool = False, **values: object) -> Stakeholder:
    row.refresh_from_db()
    return edit_stakeholder(actor=actor, stakeholder_id=row.pk, version=row.version, values=values, private=private)


def is_refused(actor: Actor, row: Stakeholder) -> bool:
    for values in ({"wants": "A discount."}, {"wants_is_quoted": False}, {"wants": "", "roles": ["champion"]}):
        for private in (False, True):
            with pytest.raises(NotAllowed) as refusal:
                edit(actor, row, private, **values)
            assert refusal.value.code == "not_yours"
    row.refresh_from_db()
    return (row.wants, row.wants_is_quoted) == ("No surprises.", True)


@pytest.mark.slow
def test_a_quote_is_not_reworded_by_another_side(cast: Cast) -> None:
    row = put(cast, cast.buyer)
    assert is_refused(cast.rep, row)
    assert is_refused(as_participant(cast.let_in(cast.contact("Sander Bakke"), side="partner")), row)
    edit(cast.rep, row, roles=["decision_maker"], wants="No surprises.")
    assert is_refused(cast.rep, row), "another change does not make the words ours"
    assert edit(as_participant(cast.daniel), row, wants="No surprises at all.").wants == "No surprises at all."


@pytest.mark.slow
def test_who_wrote_a_quote_down_puts_it_right_until_its_side_has(cast: Cast) -> None:
    row = edit(cast.rep, put(cast, cast.rep, "No suprises."), wants="No surprises?")
    edit(cast.buyer, row, roles=["decision_maker"])
    edit(cast.rep, row, wants="No surprises!")
    edit(cast.buyer, row, wants="No surprises.")
    assert is_refused(cast.rep, row)


def test_what_is_not_quoted_is_written_by_both(cast: Cast) -> None:
    row = put(cast, cast.buyer, "Fewer surprises", quoted=False)
    assert edit(cast.rep, row, wants="Fewer late changes").wants == "Fewer late changes"


def test_a_draft_begun_before_is_not_shared_over_it(cast: Cast) -> None:
    row = put(cast, cast.buyer, "No surprises.", quoted=False)
    draft = edit(cast.rep, row, private=True, wants="A discount.")
    Stakeholder.objects.filter(pk=row.pk).update(wants_is_quoted=True)
    with pytest.raises(NotAllowed):
        share_stakeholder(actor=cast.rep, stakeholder_id=draft.pk, version=draft.version)


@pytest.mark.slow
def test_the_form_leaves_out_what_is_theirs(cast: Cast, client: Client) -> None:
    row = put(cast, cast.buyer)
    client.force_login(cast.maya)
    url = f"/deals/{cast.deal.pk}/people/"
    page = client.get(url, {"edit": str(row.pk)}).content.decode()
    assert "only their side changes them" in page
    assert 'name="wants"' not in page
    sent = {"version": row.version, "roles": ["champion"]}
    assert client.post(f"{url}rows/{row.pk}/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.wants, row.wants_is_quoted, row.roles) == ("No surprises.", True, ["champion"])
    late = client.post(f"{url}rows/{row.pk}/", {"version": row.version, "wants": "A discount, I think."})
    assert late.status_code == 403
    assert "A discount, I think." in late.content.decode()
    theirs = client_of(cast.ingrid.contact).get(f"/room/{cast.deal.room_id}{url}", {"edit": str(row.pk)})
    assert 'name="wants"' in theirs.content.decode()


def test_over_rest_it_is_refused_with_a_reason(cast: Cast) -> None:
    row = put(cast, cast.buyer)
    answer = Caller(make_key(cast.maya)).patch(f"/stakeholders/{row.pk}/", {"wants": "A discount."}, version=1)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
