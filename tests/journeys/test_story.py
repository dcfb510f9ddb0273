"""The main job from end to end, in three browsers: a rep, a buyer on a phone, customer success."""

import json
import re
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from crm.clock import now
from crm.models import RoomSession
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INGRID = "ingrid@halvorsen.example"
PASSWORD = "common-ground-2026"


@pytest.fixture
def cast() -> Cast:
    """Maya sells, Tomás takes over."""
    cast = Cast()
    for user, name in ((cast.maya, "rep"), (cast.tomas, "success")):
        user.email = f"{name}@nordlicht.example"
        user.set_password(PASSWORD)
        user.save(update_fields=["email", "password"])
    return cast


def sign_in(person: Person, email: str) -> None:
    person.go("/")
    person.look("sign-in")
    person.fill("E-mail", email)
    person.fill("Password", PASSWORD)
    person.page.get_by_role("button", name="Sign in", exact=True).click()
    person.page.wait_for_url(re.compile("/(day|success|handoffs)/"))


def open_deal(rep: Person) -> None:
    rep.look("board-empty")
    rep.link("Deal", rep.page.get_by_role("main")).first.click()
    rep.fill("New client", "Halvorsen Foods")
    rep.fill("What it is about", "Throw away less, run out less")
    rep.fill("Amount", "1,860,000")
    rep.look("new-deal")
    rep.button("Open the deal").click()
    expect(rep.page.get_by_role("heading", level=1)).to_have_text("Throw away less, run out less")


def invite_ingrid(rep: Person) -> None:
    rep.link("People", rep.page.get_by_role("navigation", name="Sections of this deal")).click()
    rep.look("people-empty")
    rep.link("Person").click()
    rep.fill("Or somebody new: the name", "Ingrid Solberg")
    rep.fill("Their e-mail", INGRID)
    rep.page.get_by_text("Roles", exact=True).first.click()
    rep.page.get_by_label("Decides").check()
    rep.fill("What they personally want", "Planners who have time to think.")
    rep.look("people-form")
    rep.button("Save for everybody").click()
    rep.page.get_by_text("Invite somebody").click()
    rep.choose("Contact", "Ingrid Solberg")
    rep.look("people-invite")
    rep.button("Invite").click()
    rep.sees("The invitation is on its way to Ingrid Solberg.")
    rep.look("people-invited")


def enter_room(buyer: Person, site: Site) -> None:
    buyer.go(site.mailbox.link(INGRID))
    expect(buyer.page.get_by_role("heading", level=1)).to_have_text("Throw away less, run out less")
    buyer.look("invitation")
    buyer.button("Send me a code").click()
    buyer.sees("Type the code from your e-mail")
    buyer.look("code")
    buyer.fill("Code, eight letters and digits", site.mailbox.code(INGRID))
    buyer.button("Come in").click()
    buyer.sees("What waits for you")
    buyer.look("room-empty")


def write_problem(rep: Person) -> None:
    section(rep, "Problem")
    rep.look("problem-empty")
    rep.link("Situation today").click()
    rep.fill("In plain words", "Planners forecast by hand, once a week.")
    rep.look("problem-form")
    rep.button("Save for everybody").click()
    rep.sees("Planners forecast by hand, once a week.")
    rep.look("problem")


def edit_problem(buyer: Person) -> None:
    tab(buyer, "Problem")
    buyer.look("room-problem")
    buyer.button("What to do with: Planners").click()
    buyer.link("Change").click()
    buyer.fill("Situation today", "Planners forecast by hand, once a week, in 214 stores.")
    buyer.look("room-problem-form")
    buyer.button("Save").click()
    buyer.sees("Planners forecast by hand, once a week, in 214 stores.")
    buyer.look("room-problem-changed")


def section(rep: Person, name: str) -> None:
    rep.link(name, rep.page.get_by_role("navigation", name="Sections of this deal")).click()


def tab(buyer: Person, name: str) -> None:
    buyer.link(name, buyer.page.get_by_role("navigation", name="Pages of this room")).click()


def ask(rep: Person, *about: str, screen: str = "") -> None:
    rep.link("Ask for a yes").first.click()
    things = rep.page.get_by_role("group", name="What do you ask about?")
    for box in things.get_by_role("checkbox").all():
        box.uncheck()
    for name in about:
        things.get_by_role("checkbox", name=name).check()
    rep.fill("The sentence they answer", "Is this right, and shall we go on?")
    rep.fill("gets out of this step", "A page on what waste costs you, ready for your board.")
    rep.page.get_by_role("checkbox", name="Ingrid Solberg").check()
    expect(rep.page.locator("#preview")).to_contain_text("A page on what waste costs you")
    if screen:
        rep.look(screen)
    rep.page.get_by_role("button", name="Ask", exact=True).click()
    rep.sees("Asked. Ingrid Solberg gets one e-mail now.")
    if screen:
        rep.look(f"{screen}-asked")


def agree(buyer: Person, site: Site, screen: str = "") -> None:
    buyer.go(site.mailbox.link(INGRID))
    if screen:
        buyer.look(screen)
    buyer.button("I agree").click()
    expect(buyer.page.get_by_role("heading", name="You agreed")).to_be_visible()
    if screen:
        buyer.look(f"{screen}-done")


def stands_at(rep: Person, stage: str) -> None:
    rep.page.reload()
    expect(rep.page.get_by_role("list", name="Stages").locator("[aria-current=step]")).to_contain_text(stage)


def write_criterion(rep: Person) -> None:
    section(rep, "Success")
    rep.look("success-empty")
    rep.link("Criterion").click()
    rep.fill("What it is called", "Fill rate")
    rep.look("criterion-form")
    today = now().date()
    for label, text in {
        "What is counted": "Cases delivered in full, out of cases ordered, all 214 stores",
        "Unit": "%",
        "Today": "93.4",
        "Counted on": str(today - timedelta(days=30)),
        "Where today’s number comes from": "Store orders",
        "Target": "97.5",
        "By": str(today + timedelta(days=300)),
        "Who measures": "Aisha Karim",
        "From what": "Store orders and delivery notes",
    }.items():
        rep.fill(label, text, exact=True)
    for label, option in {
        "Direction": "Raise",
        "How often": "Every week",
        "Owner at the client": "Ingrid Solberg",
        "Our owner": "Maya Okafor",
    }.items():
        rep.choose(label, option)
    rep.look("criterion-filled")
    rep.button("Save for everybody").click()
    rep.sees("Fill rate")
    rep.look("success")


def name_success_owner(rep: Person) -> None:
    section(rep, "Moving on")
    rep.look("moving-on")
    rep.choose("Takes over after the close", "Tomás Herrera")
    rep.button("Save the facts").click()
    expect(rep.page.get_by_label("Takes over after the close")).to_have_value(re.compile("."))


def review(success: Person, rep: Person) -> None:
    success.link("Handoffs").first.click()
    success.look("handoffs")
    success.link("Halvorsen Foods", success.page.get_by_role("main")).first.click()
    success.look("handoff")
    success.link("Question").first.click()
    success.fill("Your question to Maya", "By hand, in which tool?")
    success.page.get_by_role("button", name="Ask", exact=True).click()
    success.sees("By hand, in which tool?")
    success.look("handoff-asked")

    rep.link("Handoffs").first.click()
    rep.link("Halvorsen Foods", rep.page.get_by_role("main")).first.click()
    rep.link("Answer").click()
    rep.fill("Your answer", "In spreadsheets, one for each store.")
    rep.look("handoff-answering")
    rep.page.get_by_role("button", name="Answer", exact=True).click()
    rep.sees("In spreadsheets, one for each store.")

    success.page.reload()
    success.look("handoff-answered")
    clear = success.page.get_by_role("button", name=re.compile("^Clear"))
    for left in range(clear.count(), 0, -1):
        expect(clear).to_have_count(left)
        clear.first.click()
    expect(clear).to_have_count(0)
    success.look("handoff-clear")
    success.choose("Who confirms the brief for the client", "Ingrid Solberg")
    success.button("Accept the handoff").click()
    success.sees("Accepted. The success plan has begun.")
    success.look("success-plan")


def agree_with_a_fresh_code(buyer: Person, site: Site, screen: str) -> None:
    RoomSession.objects.update(fresh_at=now() - timedelta(hours=1))
    buyer.go(site.mailbox.link(INGRID))
    buyer.look(screen)
    buyer.link("Get a code").click()
    buyer.look(f"{screen}-fresh")
    buyer.button("Send me a code").click()
    buyer.sees("Type the code from your e-mail")
    buyer.fill("Code, eight letters and digits", site.mailbox.code(INGRID))
    buyer.button("Come in").click()
    buyer.button("I agree").click()
    expect(buyer.page.get_by_role("heading", name="You agreed")).to_be_visible()
    buyer.look(f"{screen}-done")


def measure(site: Site, value: str) -> None:
    secret = StringIO()
    call_command("create_api_key", user="success@nordlicht.example", scopes="all", stdout=secret, stderr=StringIO())

    def call(path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(f"{site.url}/api/v1{path}", json.dumps(body).encode() if body else None)
        request.add_header("Authorization", f"Bearer {secret.getvalue().strip()}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    (goal,) = call("/goals/")["data"]
    made = call(
        f"/goals/{goal['id']}/measurements/",
        {"value": value, "measured_at": now().isoformat(), "source": "warehouse export"},
    )
    assert made["by_key"]


def reach_goal(success: Person, buyer: Person, site: Site) -> None:
    success.link("Fill rate", success.page.get_by_role("main")).first.click()
    success.look("goal-empty")
    measure(site, "97.8")
    success.page.reload()
    success.sees("Reached")
    success.look("goal-measured")
    success.choose("Who says for the client that it is reached", "Ingrid Solberg")
    success.page.get_by_role("button", name="Ask", exact=True).click()
    success.sees("Asked. The question waits in their room.")
    success.look("goal-asked")
    agree_with_a_fresh_code(buyer, site, "room-reached")
    success.page.reload()
    success.sees(re.compile(r"Reached\. Ingrid Solberg confirmed it on"))
    success.look("goal-confirmed")


def test_from_a_first_talk_to_a_goal_that_the_client_confirms(cast: Cast, site: Site, comes: Callable[..., Person]):
    rep, buyer, success = comes("rep"), comes("buyer", size=PHONE), comes("success")
    sign_in(rep, cast.maya.email)
    rep.look("my-day-empty")
    rep.go("/deals/")
    open_deal(rep)
    invite_ingrid(rep)
    enter_room(buyer, site)
    write_problem(rep)
    edit_problem(buyer)

    ask(rep, "Moving on", screen="ask")
    agree(buyer, site, "room-answer")
    stands_at(rep, "Understand")
    ask(rep, "Problem", "Moving on")
    agree(buyer, site, "room-answer-problem")
    stands_at(rep, "Define success")
    write_criterion(rep)
    ask(rep, "Success", "Moving on")
    agree(buyer, site, "room-answer-success")
    stands_at(rep, "Test")
    tab(buyer, "Success")
    buyer.look("room-success")
    ask(rep, "Moving on")
    agree(buyer, site)
    stands_at(rep, "Plan")
    name_success_owner(rep)
    ask(rep, "Moving on")
    agree(buyer, site)
    stands_at(rep, "Agree")
    ask(rep, "Moving on")
    agree(buyer, site, "room-close")
    rep.page.reload()
    rep.sees("Won")
    rep.look("won")

    sign_in(success, cast.tomas.email)
    review(success, rep)
    agree_with_a_fresh_code(buyer, site, "room-brief")
    success.page.reload()
    success.look("success-plan-confirmed")
    reach_goal(success, buyer, site)
    buyer.page.get_by_role("link", name="Back to the room").click()
    buyer.look("room-end")
    rep.go("/success/")
    rep.look("success-home")
