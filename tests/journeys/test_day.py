"""A rep's morning: from My day to the deal that waits, to a note and a task, and to what the bell rings for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from crm.actions.question import ask_for_consent
from crm.events.deliver import deliver_owed
from crm.models import Activity, Notification, Task
from tests.cast import Cast
from tests.crm.actions.test_consent import say
from tests.journeys.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_morning(comes: Callable[..., Person]) -> None:
    cast = Cast()
    cast.write_problem()
    asked = {"sentence": "Is this your problem?", "benefit": "A page for your board."}
    question = ask_for_consent(actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], **asked)
    say(cast, question, answer="change", note="It is twice a week.")
    deliver_owed()
    rep = comes("day")
    rep.sign_in(cast.maya)

    rep.go("/")
    rep.sees("1 person is waiting for you.")
    rep.sees("“It is twice a week.”")
    rep.look("day")

    rep.button("Task").click()
    rep.page.keyboard.type("Call Daniel")
    rep.page.keyboard.press("Control+Enter")
    rep.sees("Noted. Only you see it.")
    rep.button("Done: Call Daniel").click()
    rep.sees("Done.")
    assert Task.objects.get().is_done

    rep.link("See the change").click()
    rep.button("Write it down").first.click()
    rep.look("note")
    rep.page.keyboard.type("Ingrid forecasts on Tuesdays, too")
    rep.page.keyboard.press("Control+Enter")
    rep.sees("Written down.")
    assert Activity.objects.get().subject == "Ingrid forecasts on Tuesdays, too"

    rep.link("Notifications, 1 new").click()
    rep.look("notifications")
    rep.button("New: Ingrid Solberg would change something").click()
    expect(rep.page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    assert not Notification.objects.unread().exists()
    rep.link("Notifications").click()
    rep.link("Choose what you are told").click()
    rep.look("choice")
    rep.page.get_by_label("Somebody names you with an @, by mail").uncheck()
    rep.button("Save").click()
    rep.sees("What is off is not told to you any more.")
    cast.maya.refresh_from_db()
    assert cast.maya.mails_off == ["mention"]
