"""Searching: what is found in spite of slips, what odd input does, and that nobody finds what they may not see."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.actions.activity import log_activity
from crm.actions.comment import add_comment
from crm.actors import Actor, as_user
from crm.clock import now
from crm.models import Organization
from crm.queries.search import search
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem("Planners forecast by hand, once a week. Qanarystatement.")
    cast.write_criterion(title="Fill rate qanarycriterion")
    room = cast.deal.room_id
    add_comment(actor=cast.rep, room_id=room, body="Their freezer data has gaps, qanarycomment.", private=True)
    note = {"type": "note", "subject": "Talked about waste", "body": "It was qanarynote."}
    log_activity(actor=cast.rep, room_id=room, values=note)
    assert cast.ingrid
    assert cast.stranger
    assert cast.colleague
    return cast


def found(actor: Actor, typed: str) -> dict[str, list[str]]:
    return {one.provider.kind: [found.title for found in one.found] for one in search(actor, typed, limit=20)}


@pytest.mark.parametrize(
    "typed",
    [
        "halvorsen",
        "Halvorsen Foods",
        "halv",
        "vorsen",
        "halvrosen",
        "halvorsn",
        "holvorsen",
        "HALVORSEN FODS",
        "hálvorsen",
    ],
)
def test_a_name_is_found_in_spite_of_slips(cast: Cast, typed: str) -> None:
    got = found(cast.rep, typed)
    assert got["organization"] == ["Halvorsen Foods"]
    assert got["deal"] == ["Halvorsen Foods: Demand forecasting for fresh and chilled"]


@pytest.mark.parametrize("typed", ["demand forecasting", "forcasting", "halvorsen demand", "chilled halvorsen"])
def test_a_deal_is_found_by_title_and_client(cast: Cast, typed: str) -> None:
    assert len(found(cast.rep, typed)["deal"]) == 1


@pytest.mark.parametrize("typed", ["waste", "halter", "fjord", "prism"])
def test_other_words_are_no_slips(cast: Cast, typed: str) -> None:
    assert "organization" not in found(cast.rep, typed)


@pytest.mark.slow
def test_people_are_found_by_name_and_by_the_address_one_may_see(cast: Cast) -> None:
    assert found(cast.rep, "solbreg")["contact"] == ["Ingrid Solberg"]
    assert found(cast.rep, "ingrid.solberg@")["contact"] == ["Ingrid Solberg"]
    stranger = as_user(cast.stranger)
    assert found(stranger, "solberg")["contact"] == ["Ingrid Solberg"]
    assert "contact" not in found(stranger, "@halvorsen.example")


@pytest.mark.parametrize("kind", ["statement", "criterion", "comment", "activity"])
def test_words_of_a_room_are_found_by_who_sees_them(cast: Cast, kind: str) -> None:
    typed = {"activity": "qanarynote"}.get(kind, f"qanary{kind}")
    assert list(found(cast.rep, typed)) == [kind]
    assert list(found(as_user(cast.colleague), typed[:9])) == [kind]
    assert found(as_user(cast.stranger), typed) == {}


@pytest.mark.slow
def test_nobody_finds_what_they_may_not_see(cast: Cast) -> None:
    assert found(as_user(cast.stranger), "demand forecasting") == {}
    assert list(found(as_user(cast.stranger), "halvorsen")) == ["organization"]
    # Before a stage of their own, buyers and partners have no search; asked all the same, it stays in their room.
    assert "comment" not in found(cast.buyer, "qanarycomment")
    assert "activity" not in found(cast.buyer, "qanarynote")


def test_the_best_come_first(cast: Cast) -> None:
    at = now()
    for name in ("Great Harbour", "Harbour", "The Harbourmaster", "Harbour Logistics", "Old Sharbourne"):
        Organization.objects.create(name=name, created_at=at, updated_at=at)
    names = found(cast.rep, "harbour")["organization"]
    assert names == ["Harbour", "Harbour Logistics", "Great Harbour", "The Harbourmaster", "Old Sharbourne"]


@pytest.mark.parametrize(
    "typed", ["", " ", "\x00", "'", '"', "%", "_", "\\", "a", "é", "'; DROP TABLE", "a & | !b:*", "\ud800x", "(" * 99, "x" * 9999,
              "😀", "日本", "a" * 3 + "\u0301" * 500, "<b>", "@", "halv\x00orsen"]
)  # fmt: skip
def test_odd_input_is_taken(cast: Cast, typed: str) -> None:
    found(cast.rep, typed)


@pytest.mark.slow
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(typed=st.text(max_size=300))
def test_anything_can_be_searched_for(cast: Cast, typed: str) -> None:
    found(cast.rep, typed)


@pytest.mark.slow
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(at=st.integers(1, 8), how=st.sampled_from(["drop", "swap", "other", "twice"]))
def test_one_slip_anywhere_still_finds_it(cast: Cast, at: int, how: str) -> None:
    name = "halvorsen"
    slipped = {
        "drop": name[:at] + name[at + 1 :],
        "swap": name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
        "other": f"{name[:at]}x{name[at + 1 :]}",
        "twice": name[:at] + name[at] + name[at:],
    }[how]
    assert found(cast.rep, slipped)["organization"][0] == "Halvorsen Foods"
