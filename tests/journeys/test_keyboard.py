"""Answering on a phone-sized screen with nothing but a keyboard: from the invitation's mail to the first yes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from crm.actions.participant import invite_contact
from crm.actions.question import ask_for_consent
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TABS = 40


class Keyboard:
    """Walks to things with Tab and presses Enter on them; counts what was pressed."""

    def __init__(self, person: Person) -> None:
        self.page = person.page
        self.interactions = 0

    def open(self, link: str) -> None:
        """Follow a link of a mail."""
        self.page.goto(link)
        self.interactions += 1

    def press(self, name: str) -> None:
        """Go to the button with this name and press it."""
        self._walk_to(name)
        self.page.keyboard.press("Enter")
        self.interactions += 1

    def type(self, label: str, text: str) -> None:
        """Go to the field with this label and type."""
        self._walk_to(label)
        self.page.keyboard.type(text)

    def _walk_to(self, name: str) -> None:
        """Press Tab until the thing that starts with `name` has the focus, and can be seen to have it."""
        wanted = self.page.get_by_role("button", name=name).or_(self.page.get_by_label(name)).first
        expect(wanted).to_be_visible()
        for _press in range(MOST_TABS):
            if wanted.evaluate("one => one === document.activeElement"):
                style = "one => getComputedStyle(one).outlineStyle"
                assert wanted.evaluate(style) != "none", f"{name} does not show that it has the focus"
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not lead to {name}")


def test_four_interactions_and_a_code_lead_from_the_mail_to_the_first_answer(
    site: Site, comes: Callable[..., Person]
) -> None:
    cast = Cast()
    cast.write_problem()
    contact = cast.contact("Ingrid Solberg", "VP Supply Chain")
    grant = invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
    invitation = site.mailbox.link(contact.email)
    ask_for_consent(
        actor=cast.rep,
        asked_of=grant.pk,
        subjects=[cast.problem()],
        sentence="Is this your problem?",
        benefit="A page on what waste costs you, ready for your board.",
    )
    site.mailbox.newest(contact.email)
    buyer = comes("keyboard", size=PHONE)
    keyboard = Keyboard(buyer)

    keyboard.open(invitation)
    keyboard.press("Send me a code")
    buyer.sees("Type the code from your e-mail")
    keyboard.type("Code, eight letters and digits", site.mailbox.code(contact.email))
    keyboard.press("Come in")
    buyer.sees("What waits for you")
    buyer.look("waits")
    keyboard.press("I agree")

    expect(buyer.page.get_by_role("heading", name="You agreed")).to_be_visible()
    assert keyboard.interactions <= 4
