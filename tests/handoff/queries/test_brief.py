"""On random deals, the brief carries every agreed item, each once: set equality, on PostgreSQL."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.actors import as_user
from crm.models import Answer, Consent
from deals.actions.criterion import add_criterion, archive_criterion, edit_criterion
from deals.actions.problem import add_statement, archive_statement
from deals.actions.stage_move import propose_move
from deals.actions.stakeholder import add_stakeholder
from deals.models import Criterion, ProblemPart, ProblemStatement, Stakeholder
from handoff.models import Goal, Handoff
from tests.cast import MEASURABLE, Cast
from tests.handoff.story import accept, ask, at_agree, say

WALKS = settings.default.max_examples // 8  # each is a whole deal, from its first word to the handoff

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=30)
LINES = WORDS.map(lambda words: " ".join(words.split())).filter(bool)
STATEMENTS = st.lists(st.tuples(st.sampled_from(ProblemPart.values), LINES, st.booleans()), min_size=1, max_size=6)
CRITERIA = st.lists(st.tuples(LINES, st.booleans(), st.integers(94, 99)), min_size=1, max_size=4)
PLACES = st.lists(LINES, max_size=3)


class _Undo(Exception):
    """Takes one example's rows back."""


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=WALKS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statements=STATEMENTS, criteria=CRITERIA, places=PLACES, edited=st.booleans(), apart=st.booleans())
def test_every_agreed_item_is_in_the_brief_once(
    statements: list[Any], criteria: list[Any], places: list[str], edited: bool, apart: bool
) -> None:
    try:
        with transaction.atomic():
            _example(statements, criteria, places, edited, apart)
            raise _Undo
    except _Undo:
        assert not Handoff.objects.exists()


def _example(statements: list[Any], criteria: list[Any], places: list[str], edited: bool, apart: bool) -> None:
    cast = Cast()
    _write(cast, statements, criteria, places)
    deal = at_agree(cast)
    close = propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=None)
    if apart:
        say(ask(cast, cast.problem()))
        say(ask(cast, cast.criteria()))
    if apart and edited:  # after the yes: what was agreed is handed over, not what was written since
        add_statement(actor=cast.rep, deal_id=deal.pk, values={"part": "causes", "text": "Written after the yes."})
        row = Criterion.objects.shared().first()
        edit_criterion(actor=cast.rep, criterion_id=row.pk, version=row.version, values={"target": "99.9"})
    say(ask(cast, close) if apart else ask(cast, cast.problem(), cast.criteria(), close))
    handoff = Handoff.objects.get(deal=deal)
    items = list(handoff.items.filter(kind="agreed").values_list("group", "source_id", "content"))
    agreed = _agreed_rows() | {("people", str(one.pk)) for one in Stakeholder.objects.shared()}
    agreed |= {("people", str(cast.ingrid.pk))}
    assert {(group, str(source)) for group, source, _content in items} == agreed
    assert len(items) == len(agreed)
    for group, source, content in items:
        if group == "criteria":
            assert content == _row_as_agreed(str(source))
    accept(cast, handoff)
    assert {("criteria", str(goal.criterion_id)) for goal in Goal.objects.all()} == {
        one for one in agreed if one[0] == "criteria"
    }
    assert all(str(goal.target.normalize() + 0) != "99.9" for goal in Goal.objects.all())


def _write(cast: Cast, statements: list[Any], criteria: list[Any], places: list[str]) -> None:
    """Write shared rows, drafts of one side, and rows that are taken out again."""
    for part, text, kept in statements:
        row = add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": part, "text": text})
        if not kept:
            archive_statement(actor=cast.rep, statement_id=row.pk, version=row.version)
    cast.write_problem("Always there.")
    add_statement(
        actor=as_user(cast.maya), deal_id=cast.deal.pk, values={"part": "tried", "text": "A draft"}, private=True
    )
    owners = {"buyer_owner": cast.ingrid.contact_id, "seller_owner": cast.tomas.pk}
    for title, kept, target in criteria:
        values = MEASURABLE | owners | {"title": title, "target": str(target)}
        criterion = add_criterion(actor=cast.rep, deal_id=cast.deal.pk, values=values)
        if not kept:
            archive_criterion(actor=cast.rep, criterion_id=criterion.pk, version=criterion.version)
    cast.write_criterion(title="Always there")
    for place in places:
        add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values={"side": "buyer", "place": place})
    assert ProblemStatement.objects.shared().exists()


def _agreed_content(kind: str) -> Any:
    yes = Consent.objects.filter(kind=kind, answer=Answer.AGREED).select_related("revision").get()
    return (yes.revision.content or {})[kind]


def _agreed_rows() -> set[tuple[str, str]]:
    rows = {("criteria", row["id"]) for row in _agreed_content("criteria")}
    return rows | {("problem", row["id"]) for part in _agreed_content("problem").values() for row in part}


def _row_as_agreed(source: str) -> dict[str, Any]:
    return next(row for row in _agreed_content("criteria") if row["id"] == source)
