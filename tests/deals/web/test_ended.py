"""What cannot be done any more in a deal that has ended is said on opening; what was typed before is not lost."""

import pytest
from django.urls import reverse

from deals.models import ProblemStatement
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_deal_ended import end

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["ask", "record"])
def test_nobody_is_offered_to_ask_or_record_in_it(cast: Cast, signed_in, name: str) -> None:
    end(cast)
    page = signed_in(cast.maya).get(reverse(f"deals:{name}", args=[cast.deal.pk])).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "This deal has ended" in main
    assert f'<a class="button" href="{reverse("deals:deal", args=[cast.deal.pk])}">Back to the deal</a>' in main
    assert "<form" not in main


@pytest.mark.slow
def test_what_was_typed_while_it_ended_comes_back(cast: Cast, signed_in) -> None:
    end(cast)
    typed = {
        "about": "problem",
        "whom": str(cast.ingrid.pk),
        "sentence": "Is this it?",
        "benefit": "A page of figures.",
    }
    response = signed_in(cast.maya).post(reverse("deals:ask", args=[cast.deal.pk]), typed | {"shown_for": "problem"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "This deal has ended. Nothing more is asked in it." in page
    assert "A page of figures." in page


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", "?add=causes", "?edit={row}"])
def test_nor_is_a_buyer_offered_to_write(cast: Cast, query: str) -> None:
    end(cast)
    row = ProblemStatement.objects.get()
    section = reverse("deals_room:section", args=[cast.deal.room_id, cast.deal.pk, "problem"])
    page = client_of(cast.ingrid.contact).get(section + query.format(row=row.pk)).content.decode()
    assert "nothing here is changed any more" in page
    assert f'href="{reverse("room:today", args=[cast.deal.room_id])}">Back to the room</a>' in page
    assert 'name="text"' not in page
    assert "Everybody at the table can change it" not in page


@pytest.mark.slow
def test_the_words_of_a_buyer_come_back_from_a_deal_that_ended_meanwhile(cast: Cast) -> None:
    row = ProblemStatement.objects.get()
    end(cast)
    address = reverse("deals_room:row", args=[cast.deal.room_id, cast.deal.pk, "problem", row.pk])
    typed = {"part": row.part, "text": "Planners guess.", "version": row.version}
    response = client_of(cast.ingrid.contact).post(address, typed)
    assert response.status_code == 422
    assert "Planners guess.</textarea>" in response.content.decode()
