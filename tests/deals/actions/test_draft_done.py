"""After a conflict a draft's words go into the shared row: the row and the draft change together, or not at all."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from crm.actors import Actor
from deals.actions.criterion import edit_criterion
from deals.actions.problem import add_statement, archive_statement, edit_statement
from deals.models import Criterion, ProblemStatement
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem("Planners forecast by hand.")
    return cast


def shared() -> ProblemStatement:
    return ProblemStatement.objects.get(private_to="", archived_at=None)


def draft(actor: Actor, text: str = "Planners guess.") -> ProblemStatement:
    row = shared()
    return edit_statement(actor=actor, statement_id=row.pk, version=row.version, values={"text": text}, private=True)


def sent(row: Any, draft_id: Any, text: str = "Planners guess.") -> dict[str, Any]:
    return {"part": row.part, "text": text, "version": row.version, "draft": str(draft_id)}


@pytest.mark.parametrize("side", ["staff", "room"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_the_words_are_saved_whether_or_not_the_draft_is_still_there(
    cast: Cast, client: Client, side: str, is_gone: bool
) -> None:
    mine = draft(cast.rep if side == "staff" else cast.buyer)
    if is_gone:
        actor = cast.rep if side == "staff" else cast.buyer
        archive_statement(actor=actor, statement_id=mine.pk, version=mine.version)
    row = shared()
    if side == "staff":
        client.force_login(cast.maya)
        answer = client.post(reverse("deals:edit_statement", args=[cast.deal.pk, row.pk]), sent(row, mine.pk))
    else:
        client = client_of(cast.ingrid.contact)
        answer = client.post(f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/problem/{row.pk}/", sent(row, mine.pk))
    assert answer.status_code == 302
    assert shared().text == "Planners guess."
    mine.refresh_from_db()
    assert mine.archived_at is not None


@pytest.mark.slow
def test_what_is_no_draft_of_ones_own_stays(cast: Cast) -> None:
    theirs, row = draft(cast.buyer, "They guess."), shared()
    other = add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "No data."})
    for wrong in (theirs.pk, other.pk, row.pk, uuid4()):
        row = edit_statement(
            actor=cast.rep,
            statement_id=row.pk,
            version=ProblemStatement.objects.get(pk=row.pk).version,
            values={"text": f"Not {wrong}."},
            draft=wrong,
        )
    assert not ProblemStatement.objects.exclude(archived_at=None).exists()


def test_a_criterion_takes_its_draft_out_as_well(cast: Cast) -> None:
    cast.write_criterion()
    row = Criterion.objects.get()
    mine = edit_criterion(
        actor=cast.rep, criterion_id=row.pk, version=row.version, values={"title": "Full shelves"}, private=True
    )
    edit_criterion(
        actor=cast.rep, criterion_id=row.pk, version=row.version, values={"title": "Full shelves"}, draft=mine.pk
    )
    mine.refresh_from_db()
    assert mine.archived_at is not None
