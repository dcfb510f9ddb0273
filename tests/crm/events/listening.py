"""What tests of open streams share: cookies of signed-in people, and doing something that is told."""

from typing import Any

from django.conf import settings
from django.test import Client

from crm.events import relay
from crm.models import Contact, User
from deals.actions.problem import add_statement
from deals.models import ProblemStatement
from tests.cast import Cast
from tests.crm.room.door import come_in


def staff_cookie(user: User) -> dict[str, str]:
    """Sign a user in; return their cookie."""
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def room_cookie(contact: Contact) -> dict[str, str]:
    """Sign a contact in to the room; return their cookie."""
    return {settings.ROOM_COOKIE_NAME: come_in(contact)[1]}


def write(cast: Cast, text: str = "Planners guess.", **more: Any) -> ProblemStatement:
    """Let Maya write into the problem."""
    return add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "situation", "text": text}, **more)


def run_relay_once() -> None:
    """Give positions, and say so, as the relay does."""
    while relay.give_positions():
        relay.tell("positions")
