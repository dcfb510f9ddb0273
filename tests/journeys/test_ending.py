"""An ending by agreement that a buyer left otherwise, looked at on both sides."""

from collections.abc import Callable

import pytest
from django.conf import settings as project

from deals.actions.ending import end_deal
from tests.cast import Cast
from tests.crm.room.door import come_in
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_buyer_says_how_it_was_left_and_both_sides_read_it(site: Site, comes: Callable[..., Person]) -> None:
    cast = Cast()
    cast.write_problem()
    cookie = come_in(cast.ingrid.contact)[1]
    end_deal(actor=cast.rep, deal_id=cast.deal.pk, version=cast.deal.version, status="no_deal", reason="Season.")
    buyer, maya = comes("ended", size=PHONE), comes("ended-rep")
    buyer.context.add_cookies([{"name": project.ROOM_COOKIE_NAME, "value": cookie, "url": site.url}])
    buyer.go(f"/room/{cast.deal.room_id}/")
    buyer.sees("No deal, as Maya wrote it down")
    buyer.look("ended")
    buyer.link("That is not how we left it").click()
    buyer.fill("How did you leave it?", "We asked for time until autumn, no more.")
    buyer.look("how-it-was-left")
    buyer.button("Say how you left it").click()
    buyer.sees("No deal, as Maya wrote it down; Ingrid sees it differently")
    buyer.look("said-otherwise")
    maya.sign_in(cast.maya)
    maya.go(f"/deals/{cast.deal.pk}/")
    maya.sees("Ingrid Solberg sees it differently:")
    maya.look("ended")
