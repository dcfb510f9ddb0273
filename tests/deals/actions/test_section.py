"""Editing sections: drafts of one side, versions, hashes, and what cannot be written."""

from typing import Any
from uuid import uuid4

import pytest

from crm.actors import Actor, as_participant, as_user
from crm.errors import Invalid, NotFound, Refused, Stale
from crm.models import Event, Side
from deals.actions.criterion import add_criterion, edit_criterion
from deals.actions.problem import add_statement, archive_statement, edit_statement, share_statement
from deals.actions.stakeholder import add_stakeholder, assess_stakeholder, edit_stakeholder
from deals.models import Assessment, ProblemStatement, Stakeholder
from deals.queries.content import EMPTY_HASHES, section_snapshot
from tests.cast import Cast

pytestmark = pytest.mark.django_db

WORDS = {"part": "situation", "text": "Planners forecast by hand."}


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    _ = cast.deal, cast.ingrid
    return cast


def write(cast: Cast, actor: Actor | None = None, **changes: Any) -> ProblemStatement:
    private = changes.pop("private", False)
    return add_statement(actor=actor or cast.rep, deal_id=cast.deal.pk, values=WORDS | changes, private=private)


def seen_by(actor: Actor) -> list[str]:
    return list(ProblemStatement.objects.visible_to(actor).values_list("text", flat=True))


def test_a_draft_is_seen_by_its_own_side_only_and_changes_no_hash(cast: Cast) -> None:
    write(cast, private=True)
    assert seen_by(cast.rep) == [WORDS["text"]]
    assert seen_by(cast.buyer) == []
    section = cast.section("problem")
    assert section.content_hash == EMPTY_HASHES["problem"] == section_snapshot(section).content_hash
    assert Event.objects.get(type="problemstatement.added").private_to == Side.SELLER


def test_a_buyers_draft_is_hidden_from_the_seller_and_the_administrator(cast: Cast) -> None:
    draft = write(cast, cast.buyer, private=True)
    assert seen_by(as_user(cast.admin)) == []
    with pytest.raises(NotFound):
        edit_statement(actor=cast.rep, statement_id=draft.pk, version=1, values={"text": "Ours."})


def test_sharing_a_draft_makes_it_everybodys(cast: Cast) -> None:
    draft = write(cast, cast.buyer, private=True)
    share_statement(actor=cast.buyer, statement_id=draft.pk, version=draft.version)
    assert seen_by(cast.rep) == [WORDS["text"]]
    assert cast.section("problem").content_hash != EMPTY_HASHES["problem"]


def test_a_private_change_leaves_the_shared_words_until_it_is_shared(cast: Cast) -> None:
    row = write(cast)
    before = cast.section("problem").content_hash
    draft = edit_statement(actor=cast.rep, statement_id=row.pk, version=1, values={"text": "New words."}, private=True)
    assert draft.replaces_id == row.pk
    assert seen_by(cast.buyer) == [WORDS["text"]]
    assert cast.section("problem").content_hash == before
    shared = share_statement(actor=cast.rep, statement_id=draft.pk, version=draft.version)
    assert shared.pk == row.pk
    assert seen_by(cast.buyer) == ["New words."]


def test_a_draft_does_not_overwrite_words_it_never_saw(cast: Cast) -> None:
    row = write(cast)
    draft = edit_statement(actor=cast.rep, statement_id=row.pk, version=1, values={"text": "Seller's."}, private=True)
    edit_statement(actor=cast.buyer, statement_id=row.pk, version=1, values={"text": "Buyer's."})
    with pytest.raises(Stale) as refusal:
        share_statement(actor=cast.rep, statement_id=draft.pk, version=draft.version)
    assert refusal.value.current.text == "Buyer's."
    assert set(seen_by(cast.rep)) == {"Buyer's.", "Seller's."}


def test_the_second_writer_gets_both_versions(cast: Cast) -> None:
    row = write(cast)
    edit_statement(actor=cast.buyer, statement_id=row.pk, version=1, values={"text": "First."})
    with pytest.raises(Stale) as refusal:
        edit_statement(actor=cast.rep, statement_id=row.pk, version=1, values={"text": "Second."})
    assert refusal.value.current.text == "First."
    assert seen_by(cast.rep) == ["First."]


def test_saving_the_same_words_changes_nothing(cast: Cast) -> None:
    row = write(cast)
    again = edit_statement(actor=cast.rep, statement_id=row.pk, version=1, values={"text": WORDS["text"]})
    assert again.version == 1
    assert cast.section("problem").version == 2


def test_archived_rows_leave_the_content(cast: Cast) -> None:
    row = write(cast)
    archive_statement(actor=cast.rep, statement_id=row.pk, version=1)
    assert seen_by(cast.rep) == []
    assert cast.section("problem").content_hash == EMPTY_HASHES["problem"]


def test_a_partner_writes_only_where_they_may_look(cast: Cast) -> None:
    sander = cast.let_in(cast.contact("Sander Bakke"), side=Side.PARTNER, sections=["criteria"])
    with pytest.raises(NotFound):
        write(cast, as_participant(sander))


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"text": ""}, "text", "required"),
        ({"text": "a\x00b"}, "text", "control_character"),
        ({"text": "a\ud800b"}, "text", "control_character"),
        ({"text": "x" * 20_001}, "text", "too_long"),
        ({"text": 7}, "text", "not_text"),
        ({"part": "nothing"}, "part", "not_a_choice"),
        ({"amount": "-1", "currency": "USD"}, "amount", "out_of_range"),
        ({"amount": "1e40", "currency": "USD"}, "amount", "out_of_range"),
        ({"amount": "NaN", "currency": "USD"}, "amount", "not_a_number"),
        ({"amount": "1.234", "currency": "USD"}, "amount", "too_precise"),
        ({"amount": "12"}, "currency", "required"),
        ({"amount": "12", "currency": "ZZZ"}, "currency", "not_a_currency"),
        ({"said_on": "2026-02-30"}, "said_on", "not_a_date"),
        ({"said_on": "0001-01-01"}, "said_on", "out_of_range"),
        ({"colour": "red"}, "colour", "unknown"),
    ],
)
def test_what_cannot_be_written_is_named_at_its_field(
    cast: Cast, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        write(cast, **values)
    assert (field, code) in [(fault.field, fault.code) for fault in refusal.value.faults]
    assert not ProblemStatement.objects.exists()


@pytest.mark.parametrize("text", ["Żółć 🚚 naïve", "مرحبا بالعالم", "line one\r\nline two", "a\tb"])
def test_words_of_any_language_are_kept(cast: Cast, text: str) -> None:
    assert write(cast, text=text).text == text.replace("\r\n", "\n")


def test_a_target_is_a_number(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        add_criterion(actor=cast.rep, deal_id=cast.deal.pk, values={"title": "Complaints", "target": "far fewer"})
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [("target", "not_a_number")]


def test_an_owner_nobody_knows_is_refused(cast: Cast) -> None:
    criterion = add_criterion(actor=cast.rep, deal_id=cast.deal.pk, values={"title": "Complaints"})
    with pytest.raises(Invalid):
        edit_criterion(actor=cast.rep, criterion_id=criterion.pk, version=1, values={"buyer_owner": uuid4()})


def test_a_place_is_filled_once(cast: Cast) -> None:
    place = add_stakeholder(
        actor=cast.rep,
        deal_id=cast.deal.pk,
        values={"side": "buyer", "place": "Their security lead", "roles": ["expert"]},
    )
    values = {"contact": cast.ingrid.contact_id}
    filled = edit_stakeholder(actor=cast.rep, stakeholder_id=place.pk, version=place.version, values=values)
    assert filled.name == "Ingrid Solberg"
    with pytest.raises(Refused, match="already"):
        add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values={"side": "buyer", **values})


def test_an_assessment_stays_with_its_side(cast: Cast) -> None:
    row = add_stakeholder(
        actor=cast.rep, deal_id=cast.deal.pk, values={"side": "buyer", "contact": cast.ingrid.contact_id}
    )
    before = cast.section("people").content_hash
    assess_stakeholder(actor=cast.rep, stakeholder_id=row.pk, influence="strong", attitude="for", note="Worries.")
    assert not Assessment.objects.visible_to(cast.buyer).exists()
    assert Stakeholder.objects.visible_to(cast.buyer).filter(pk=row.pk).exists()
    assert cast.section("people").content_hash == before


def test_changed_words_carry_the_name_of_who_changed_them(cast: Cast) -> None:
    row = write(cast)
    changed = edit_statement(actor=cast.buyer, statement_id=row.pk, version=1, values={"text": "Theirs."})
    assert (changed.author_name, changed.changed_by_name) == ("Maya Okafor", "Ingrid Solberg")
