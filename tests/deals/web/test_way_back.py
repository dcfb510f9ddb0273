"""From the pages of a room itself staff find back to the deal."""

import pytest
from django.urls import reverse

from crm.actors import as_user
from crm.registry import ways_back

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["files", "words", "timeline"])
def test_each_page_of_a_room_leads_back_to_its_deal(cast, signed_in, page: str) -> None:
    html = signed_in(cast.maya).get(reverse(f"crm:{page}", args=[cast.deal.room_id])).content.decode()
    crumbs = html[html.index('aria-label="Breadcrumb"') :].split("</nav>")[0]
    assert f'<a href="{reverse("deals:deal", args=[cast.deal.pk])}">{cast.deal.title}</a>' in crumbs


def test_nobody_is_led_to_what_they_do_not_see(cast) -> None:
    assert ways_back(cast.rep, cast.deal.room)
    assert not ways_back(as_user(cast.stranger), cast.deal.room)
