"""Two people write at once: what does not collide is put together, and where it collides nothing is lost."""

import pytest
from django.test import Client

from crm.rules.words import PieceKind
from deals.actions.criterion import edit_criterion
from deals.actions.problem import edit_statement
from deals.models import Criterion, ProblemStatement
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
TWO = "Planners forecast by hand.\nOnce a week."


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem(TWO)
    cast.write_criterion()
    assert cast.ingrid.is_active
    return cast


def opened(cast: Cast, client: Client, row: ProblemStatement | Criterion) -> tuple[str, dict[str, object]]:
    """Open a row's form as the buyer; return where it is sent and what the browser would send untouched."""
    page = f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/{row.section.kind}/"
    form = client.get(page, {"edit": str(row.pk)}).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return f"{page}{row.pk}/", {name: value for name, value in sent.items() if value not in (None, False)}


def test_paragraphs_that_two_sides_changed_are_both_kept(cast: Cast) -> None:
    client, row = client_of(cast.ingrid.contact), ProblemStatement.objects.get()
    url, sent = opened(cast, client, row)
    theirs = TWO.replace("by hand", "by hand, in a sheet")
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": theirs})
    response = client.post(url, sent | {"text": TWO.replace("Once", "Twice").replace("\n", "\r\n")})
    assert "said=merged" in response.url
    row.refresh_from_db()
    assert row.text == "Planners forecast by hand, in a sheet.\nTwice a week."
    assert "both changes are kept" in client.get(response.url).content.decode()


@pytest.mark.parametrize("language", ["en", "de"])
def test_numbers_and_names_of_a_criterion_are_put_together_in_any_language(cast: Cast, language: str) -> None:
    client, row = client_of(cast.ingrid.contact, headers={"accept-language": language}), Criterion.objects.get()
    Criterion.objects.update(baseline="1234.5")
    url, sent = opened(cast, client, row)
    edit_criterion(actor=cast.rep, criterion_id=row.pk, version=row.version, values={"target": "2345.25"})
    response = client.post(url, sent | {"title": "Full shelves, every day"})
    assert "said=merged" in response.url
    row.refresh_from_db()
    assert (row.title, str(row.baseline), str(row.target)) == ("Full shelves, every day", "1234.5000", "2345.2500")


def test_the_same_words_changed_by_both_are_shown_and_decided(cast: Cast) -> None:
    client, row = client_of(cast.ingrid.contact), ProblemStatement.objects.get()
    url, sent = opened(cast, client, row)
    theirs = TWO.replace("Once", "Twice")
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": theirs})
    mine = TWO.replace("Once", "Three times").replace("\n", "\r\n")  # as a browser sends it
    both = client.post(url, sent | {"text": mine})
    page = both.content.decode()
    assert both.status_code == 409
    assert "Maya Okafor and you changed" in page
    assert '<input type="radio" name="keep-text" value="theirs">' in page
    changed = [piece.text for piece in both.context["fields"][0].my_pieces if piece.kind != PieceKind.SAME]
    assert changed == ["Once", "Three times"]
    row.refresh_from_db()
    assert row.text == theirs
    decision = {"part": row.part, "version": row.version, "started_from": both.context["started_from"]}
    decision |= {"keep-text": "mine", "mine-text": both.context["fields"][0].mine, "theirs-text": "x", "both-text": "y"}
    assert client.post(url, decision).status_code == 302
    row.refresh_from_db()
    assert row.text == TWO.replace("Once", "Three times")


def test_a_draft_begun_from_older_words_is_shown_beside_the_new_ones_and_not_dropped(cast: Cast) -> None:
    client, row = client_of(cast.ingrid.contact), ProblemStatement.objects.get()
    draft = edit_statement(
        actor=cast.buyer, statement_id=row.pk, version=row.version, values={"text": "Our draft."}, private=True
    )
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": "Their words."})
    url, _sent = opened(cast, client, row)
    both = client.post(url.replace(str(row.pk), str(draft.pk)), {"do": "share", "version": draft.version})
    page = both.content.decode()
    assert both.status_code == 409
    assert "Our draft." in page
    assert "Their words." in page
    row.refresh_from_db()
    decision = {"part": row.part, "version": row.version, "started_from": both.context["started_from"]}
    decision |= {"draft": str(draft.pk), "keep-text": "mine", "mine-text": "Our draft."}
    assert client.post(url, decision).status_code == 302
    row.refresh_from_db()
    draft.refresh_from_db()
    assert row.text == "Our draft."
    assert draft.archived_at is not None
