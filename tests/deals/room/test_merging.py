"""Two people write at once: what does not collide is put together, and where it collides nothing is lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.erasure import erase_contact
from crm.actors import as_user
from crm.queries.timeline import room_timeline
from crm.rules.words import PieceKind
from deals.actions.criterion import edit_criterion
from deals.actions.problem import edit_statement
from deals.models import Criterion, ProblemStatement, SetAside
from deals.queries.archive import ARCHIVE_PARTS
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
    # what Maya had written is still there to read, for both, with her name; the browser's "x" is not taken for it
    kept = SetAside.objects.get()
    assert (kept.words, kept.author_name, kept.private_to, kept.row_id) == (theirs, "Maya Okafor", "", row.pk)
    for shown in (client.get(url.replace(f"{row.pk}/", "")), staff_page(cast)):
        text = shown.content.decode()
        assert "1 version that was not kept" in text
        assert "Twice a week." in text
    pages = [page for part in ARCHIVE_PARTS for page in part.pages(cast.buyer, cast.deal.room)]
    assert [one["words"] for page in pages for one in page.content.get("set_aside", ())] == [theirs]
    told = [one.entry.sentence for one in room_timeline(cast.rep, cast.deal.room_id).happenings]
    assert f"Ingrid Solberg chose other words in the problem than these of Maya Okafor: “{theirs}”" in told


def staff_page(cast: Cast) -> Any:
    client = Client()
    client.force_login(cast.maya)
    return client.get(reverse("deals:section", args=[cast.deal.pk, "problem"]))


def collide(cast: Cast, client: Client, row: ProblemStatement, mine: str) -> tuple[str, dict[str, object]]:
    """Let Ingrid and Maya change the same words; return where Ingrid's decision is sent and what it begins with."""
    row.refresh_from_db()
    url, sent = opened(cast, client, row)
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": "Their words."})
    both = client.post(url, sent | {"text": mine})
    row.refresh_from_db()
    start = {"part": row.part, "version": row.version, "started_from": both.context["started_from"]}
    return url, start | {"theirs-text": "Their words.", "mine-text": mine, "both-text": f"Their words.\n{mine}"}


@pytest.mark.slow
def test_what_was_typed_and_given_up_is_kept_for_ones_own_side(cast: Cast) -> None:
    client, row = client_of(cast.ingrid.contact), ProblemStatement.objects.get()
    url, start = collide(cast, client, row, "My words.")
    client.post(url, start | {"keep-text": "theirs"})
    row.refresh_from_db()
    assert row.text == "Their words."
    kept = SetAside.objects.get()
    assert (kept.words, kept.author_name, kept.private_to) == ("My words.", "Ingrid Solberg", "buyer")
    assert "My words." in client.get(url.replace(f"{row.pk}/", "")).content.decode()
    assert "My words." not in staff_page(cast).content.decode()
    assert not SetAside.objects.visible_to(cast.rep)
    told = [one.entry.sentence for one in room_timeline(cast.rep, cast.deal.room_id).happenings]
    assert not [one for one in told if "aside" in one or "My words" in one]


@pytest.mark.slow
def test_nothing_is_set_aside_where_both_versions_stay_or_nothing_can_be_kept(cast: Cast) -> None:
    client, row = client_of(cast.ingrid.contact), ProblemStatement.objects.get()
    url, start = collide(cast, client, row, "My words.")
    client.post(url, start | {"keep-text": "both"})
    assert not SetAside.objects.exists()
    url, start = collide(cast, client, row, "Mine.")
    client.post(url, start | {"keep-text": "theirs", "mine-text": "No\0thing"})
    row.refresh_from_db()
    assert row.text == "Their words."
    assert not SetAside.objects.exists()


@pytest.mark.slow
def test_the_number_somebody_gave_up_is_named_by_its_field(cast: Cast) -> None:
    client, row = client_of(cast.ingrid.contact), Criterion.objects.get()
    url, sent = opened(cast, client, row)
    edit_criterion(actor=cast.rep, criterion_id=row.pk, version=row.version, values={"target": "2345.25"})
    both = client.post(url, sent | {"target": "99"})
    row.refresh_from_db()
    settled = dict(both.context["settled"])
    start = settled | {"version": row.version, "started_from": both.context["started_from"]}
    client.post(url, start | {"keep-target": "mine", "mine-target": "99"})
    row.refresh_from_db()
    assert row.target == 99
    assert (SetAside.objects.get().words, SetAside.objects.get().field) == ("2,345.25", "target")
    page = client.get(url.replace(f"{row.pk}/", "")).content.decode()
    assert "Target" in page[page.index('id="set-aside"') :]


@pytest.mark.slow
def test_erasure_reaches_the_words_set_aside(cast: Cast) -> None:
    client, row = client_of(cast.ingrid.contact), ProblemStatement.objects.get()
    url, start = collide(cast, client, row, "My words.")
    client.post(url, start | {"keep-text": "theirs"})
    edit_statement(actor=cast.rep, statement_id=row.pk, version=row.version, values={"text": "We start again."})
    url, start = collide(cast, client, row, "Ingrid Solberg says so.")
    client.post(url, start | {"keep-text": "mine"})
    SetAside.objects.filter(private_to="").update(words="As Ingrid Solberg has it.")
    erase_contact(
        actor=as_user(cast.admin), contact_id=cast.ingrid.contact_id, confirmed_name="Ingrid Solberg", ground="Asked."
    )
    assert [one.words for one in SetAside.objects.all()] == ["As (erased) has it."]


@pytest.mark.slow
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
