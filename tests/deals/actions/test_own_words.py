"""What somebody said (a quote, what they see differently) is changed and taken out by their own side alone."""

from typing import Any

import pytest

from crm.actors import Actor, as_participant
from crm.errors import NotAllowed
from crm.models import Consent
from deals.actions.problem import add_statement, archive_statement, edit_statement, share_statement
from deals.actions.revision import keep_revision
from deals.models import ProblemStatement
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


def write(cast: Cast, actor: Actor, part: str = "quote", **values: str) -> ProblemStatement:
    words = {"part": part, "text": "We lose money.", "said_by": "Ingrid Solberg"}
    return add_statement(actor=actor, deal_id=cast.deal.pk, values=words | values)


def rewrite(actor: Actor, row: ProblemStatement, text: str = "Otherwise.", **more: bool) -> ProblemStatement:
    values = {"text": text}
    return edit_statement(actor=actor, statement_id=row.pk, version=row.version, values=values, **more)


def is_refused(actor: Actor, row: ProblemStatement) -> bool:
    version = row.version
    for act in (
        lambda: rewrite(actor, row),
        lambda: rewrite(actor, row, private=True),
        lambda: archive_statement(actor=actor, statement_id=row.pk, version=version),
    ):
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert refusal.value.code == "not_yours"
    row.refresh_from_db()
    return row.version == version and row.archived_at is None


def put_back(cast: Cast) -> None:
    revision = Consent.objects.get(answer="agreed").revision
    version = cast.section("problem").version
    keep_revision(actor=cast.rep, deal_id=cast.deal.pk, kind="problem", revision_id=revision.pk, version=version)


@pytest.mark.parametrize("part", ["quote", "disagreement"])
def test_what_one_side_said_the_other_leaves_alone(cast: Cast, part: str) -> None:
    theirs = write(cast, cast.buyer, part)
    assert is_refused(cast.rep, theirs)
    daniel = as_participant(cast.daniel)
    assert rewrite(daniel, theirs, "We lose a lot.").changed_by_name == "Daniel Reyes"
    archive_statement(actor=cast.buyer, statement_id=theirs.pk, version=2)


def test_what_we_see_differently_is_ours(cast: Cast) -> None:
    ours = write(cast, cast.rep, "disagreement", said_by="Maya Okafor")
    assert is_refused(cast.buyer, ours)
    assert rewrite(cast.rep, ours).version == 2


@pytest.mark.slow
@pytest.mark.parametrize("part", ["quote", "disagreement"])
def test_whose_words_somebody_else_wrote_down_puts_them_right(cast: Cast, part: str) -> None:
    written = rewrite(cast.rep, write(cast, cast.rep, part), "We lose mony.")
    right = rewrite(cast.buyer, written, "We lose money.")
    assert is_refused(cast.rep, right)
    assert is_refused(as_participant(cast.let_in(cast.contact("Sander Bakke"), side="partner")), right)


def test_a_statement_of_theirs_is_not_made_a_quote_nor_a_draft_begun_before_shared(cast: Cast) -> None:
    plain = write(cast, cast.buyer, "situation")
    with pytest.raises(NotAllowed):
        edit_statement(actor=cast.rep, statement_id=plain.pk, version=1, values={"part": "quote"})
    values = {"part": "quote", "text": "Otherwise."}
    draft = edit_statement(actor=cast.rep, statement_id=plain.pk, version=1, values=values, private=True)
    with pytest.raises(NotAllowed):
        share_statement(actor=cast.rep, statement_id=draft.pk, version=draft.version)


def test_agreed_words_put_back_stand_under_the_name_of_who_did_it(cast: Cast) -> None:
    say(cast, ask(cast))
    row = ProblemStatement.objects.get()
    untouched = write(cast, cast.rep, "causes")
    rewrite(cast.buyer, row, "Ingrid's own words.")
    put_back(cast)
    row.refresh_from_db()
    untouched.refresh_from_db()
    assert (row.text, row.changed_by_name) == ("Planners forecast by hand, once a week.", "Maya Okafor")
    assert untouched.archived_at is not None
    assert cast.section("problem").content_hash == Consent.objects.get().content_hash


@pytest.mark.slow
@pytest.mark.parametrize("what", ["added", "changed", "taken out"])
def test_agreed_words_are_not_put_over_what_they_said_since(cast: Cast, client, what: str) -> None:
    quote = write(cast, cast.buyer) if what != "added" else None
    say(cast, ask(cast))
    rewrite(cast.rep, ProblemStatement.objects.get(part="situation"))
    client.force_login(cast.maya)
    url = f"/deals/{cast.deal.pk}/problem/"
    assert "Keep revision 1" in client.get(url).content.decode()
    if quote is None:
        write(cast, cast.buyer)
    elif what == "changed":
        rewrite(cast.buyer, quote, "We lose more.")
    else:
        archive_statement(actor=cast.buyer, statement_id=quote.pk, version=1)
    with pytest.raises(NotAllowed):
        put_back(cast)
    assert "Keep revision 1" not in client.get(url).content.decode()


def test_over_rest_it_is_refused_with_a_reason(cast: Cast) -> None:
    theirs = write(cast, cast.buyer)
    caller = Caller(make_key(cast.maya))
    for answer in (
        caller.patch(f"/statements/{theirs.pk}/", {"text": "Otherwise."}, version=1),
        caller.delete(f"/statements/{theirs.pk}/", version=1),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
        assert "Only the side that said this" in answer.json()["detail"]


def on_page(answer: Any) -> str:
    """Return what stands on the page itself, without the dialogs beside it."""
    return str(answer.content.decode().split("<main")[1].split("</main>")[0])


@pytest.mark.slow
def test_pages_offer_to_change_only_what_is_ones_own(cast: Cast, client) -> None:
    theirs, ours = write(cast, cast.buyer), write(cast, cast.rep, "disagreement", said_by="Maya Okafor")
    client.force_login(cast.maya)
    room = client_of(cast.ingrid.contact)
    deal = f"/deals/{cast.deal.pk}/problem/"
    pages = [
        (client, deal, "/statements/{}/archive/", ours, theirs),
        (room, f"/room/{cast.deal.room_id}{deal}", "?edit={}#", theirs, ours),
    ]
    for reader, url, changes, own, other in pages:
        page = reader.get(url).content.decode()
        for offer in (changes, f"{'' if reader is client else url}?edit={{}}#"):
            assert offer.format(own.pk) in page
            assert offer.format(other.pk) not in page
        assert "data-guard" not in on_page(reader.get(url, {"edit": str(other.pk)}))
        assert "data-guard" in on_page(reader.get(url, {"edit": str(own.pk)}))
    refused = room.post(f"{pages[1][1]}{ours.pk}/", {"version": 1, "part": "disagreement", "text": "Otherwise."})
    assert refused.status_code == 403
    assert "Only the side that said this" in refused.content.decode()
