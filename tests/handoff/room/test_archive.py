"""The room lives on: after any ending its participants read it and take a copy of all that is in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from deals.actions.ending import end_deal
from tests.cast import Cast
from tests.crm.evidence.archives import archive_of, rows, run_verifier
from tests.crm.pdf.test_receipt import words_of
from tests.crm.room.door import client_of
from tests.handoff.story import accept, ask, measure, say, win

pytestmark = pytest.mark.django_db


def _ended(status: str) -> Callable[[Cast], object]:
    def end(cast: Cast) -> object:
        say(ask(cast, cast.problem()))
        return end_deal(
            actor=cast.rep, deal_id=cast.deal.pk, version=cast.deal.version, status=status, reason="Not now."
        )

    return end


ENDINGS: dict[str, Callable[[Cast], object]] = {
    "lost": _ended("lost"),
    "no deal by agreement": _ended("no_deal"),
    "won": win,
    "handed over": lambda cast: accept(cast, win(cast)),
    "confirmed": lambda cast: accept(cast, win(cast)),
}


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_after_any_ending_it_stays_readable_and_downloadable(cast: Cast, ending: str, tmp_path: Path) -> None:
    ENDINGS[ending](cast)
    client = client_of(cast.ingrid.contact)
    room = cast.deal.room_id
    pages = ["today", "people", "kept"]
    urls = [reverse(f"room:{name}", args=[room]) for name in pages]
    urls += [reverse("deals_room:section", args=[room, cast.deal.pk, kind]) for kind in ("problem", "criteria")]
    for url in urls:
        response = client.get(url, follow=True)
        assert response.status_code == 200, url
        assert "Download everything here" in response.content.decode()
    files = archive_of(cast.buyer, cast.deal.room)
    assert "Planners forecast by hand" in words_of(files["room.pdf"])
    assert run_verifier(tmp_path, files)[0] == 0
    assert client.get(reverse("room:archive", args=[room])).status_code == 200


@pytest.mark.slow
def test_the_time_after_the_close_is_in_it(cast: Cast) -> None:
    handoff = accept(cast, win(cast))
    measure(cast, handoff.success_plan.goals.get(), "94.8", source="Store orders, week 12")
    files = archive_of(cast.buyer, cast.deal.room)
    brief, goal = rows(files, "pages/success")
    assert [one["title"] for one in brief["brief"]["criteria"]] == ["Fill rate"]
    assert goal["measurements"][0]["value"] == "94.8"
    text = words_of(files["room.pdf"])
    assert "Store orders, week 12" in text
    assert "97.5%" in text


@pytest.mark.slow
def test_a_brief_that_the_client_has_not_been_shown_is_not_in_it(cast: Cast) -> None:
    win(cast)
    for actor in (cast.rep, cast.buyer):
        assert rows(archive_of(actor, cast.deal.room), "pages/success") == []
