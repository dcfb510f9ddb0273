"""The pages after the close, walked as people walk them: what they show, what they take, and for whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.clock import now
from crm.models import Question, User
from handoff.actions.brief import ask_back
from handoff.actions.measurement import confirm_measurement, correct_measurement, dispute_measurement
from handoff.models import BriefItem, Dispute, Goal, Handoff, ItemQuestion, Measurement, SuccessPlan
from tests.cast import Cast
from tests.handoff.story import accept, at_agree, clear_all, goal_of, measure, say, success, win

pytestmark = pytest.mark.django_db


def browse(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def won(cast: Cast, **fields: Any) -> Handoff:
    return win(cast, **fields)


def url(name: str, *args: object) -> str:
    return reverse(f"handoff:{name}", args=args)


@pytest.mark.slow
def test_customer_success_takes_a_waiting_handoff_from_the_queue(cast: Cast) -> None:
    handoff = won(cast, success_owner=False)
    client = browse(cast.tomas)
    page = client.get(url("handoffs"))
    assert "Halvorsen Foods" in page.content.decode()
    assert "Take over" in page.content.decode()
    assert client.get(url("handoff", handoff.pk)).status_code == 404
    taken = client.post(url("assign", handoff.pk), {"version": 1, "person": cast.tomas.pk})
    assert taken.headers["Location"] == url("handoff", handoff.pk)
    assert "Tomás Herrera" in client.get(taken.headers["Location"]).content.decode()


def test_the_queue_of_coming_deals_says_only_what_planning_needs(cast: Cast) -> None:
    cast.write_problem("A secret of the deal")
    at_agree(cast, success_owner=False)
    text = browse(cast.tomas).get(url("handoffs")).content.decode()
    assert "Demand forecasting" in text
    assert "1,860,000" not in text
    assert str(cast.deal.pk) not in text
    assert "Demand forecasting" not in browse(cast.stranger).get(url("handoffs")).content.decode()


@pytest.mark.slow
def test_item_by_item_with_a_question_and_its_answer(cast: Cast) -> None:
    handoff = won(cast)
    tomas, maya = browse(cast.tomas), browse(cast.maya)
    page = url("handoff", handoff.pk)
    item = handoff.items.get(group="criteria")
    assert "Your question to Maya" in tomas.get(f"{page}?ask={item.pk}").content.decode()
    bad = tomas.post(url("ask", handoff.pk, item.pk), {"version": 1, "text": ""})
    assert bad.status_code == 422
    assert "Write something here." in bad.content.decode()
    asked = tomas.post(url("ask", handoff.pk, item.pk), {"version": 1, "text": "Which <b>stores</b>?"})
    assert asked.status_code == 302
    question = ItemQuestion.objects.get()
    text = maya.get(f"{page}?answer={question.pk}").content.decode()
    assert "Which &lt;b&gt;stores" in text
    assert maya.post(url("answer", handoff.pk, question.pk), {"text": "x" * 5001}).status_code == 422
    assert maya.post(url("answer", handoff.pk, question.pk), {"text": "All 214."}).status_code == 302
    text = tomas.get(page).content.decode()
    assert "All 214." in text
    assert "Clear now" in text
    assert tomas.post(url("clear", handoff.pk, item.pk), {"version": 3}).status_code == 302
    assert BriefItem.objects.get(pk=item.pk).is_clear


@pytest.mark.slow
def test_a_stale_question_keeps_its_words(cast: Cast) -> None:
    handoff = won(cast)
    item = handoff.items.first()
    page = browse(cast.tomas).post(url("ask", handoff.pk, item.pk), {"version": 7, "text": "My long words"})
    assert page.status_code == 422
    assert "My long words" in page.content.decode()
    assert not ItemQuestion.objects.exists()


@pytest.mark.slow
@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_a_bad_version_changes_nothing(cast: Cast, version: str) -> None:
    handoff = won(cast)
    item = handoff.items.first()
    client = browse(cast.tomas)
    assert client.post(url("clear", handoff.pk, item.pk), {"version": version}).status_code == 302
    assert client.post(url("ask", handoff.pk, item.pk), {"version": version, "text": "Why?"}).status_code == 422
    assert client.post(url("accept", handoff.pk), {"version": version, "person": ""}).status_code == 422
    item.refresh_from_db()
    assert item.state == "to_review"


@pytest.mark.slow
def test_accepting_leads_to_the_plan_and_asks_the_client(cast: Cast) -> None:
    handoff = won(cast)
    client = browse(cast.tomas)
    early = client.post(url("accept", handoff.pk), {"version": handoff.version, "person": ""})
    assert early.status_code == 422
    assert "is not clear yet" in early.content.decode()
    before = client.get(url("handoff", handoff.pk)).content.decode()
    assert before.count("Accept the handoff") == 1
    assert '<button type="button" class="button" disabled aria-describedby="why">' in before
    clear_all(cast, handoff)
    assert 'href="#accept"' in client.get(url("handoff", handoff.pk)).content.decode()
    handoff.refresh_from_db()
    done = client.post(url("accept", handoff.pk), {"version": handoff.version, "person": cast.ingrid.pk})
    assert done.headers["Location"] == url("plan", SuccessPlan.objects.get().pk)
    assert Question.objects.open().get().asked_of == cast.ingrid
    assert "Ingrid Solberg is asked" in client.get(done.headers["Location"]).content.decode()


@pytest.mark.slow
def test_the_goal_with_everything_that_was_said(cast: Cast) -> None:
    goal = goal_of(cast)
    first = measure(cast, goal, "94", now() - timedelta(days=20), period="Week 1")
    second = measure(cast, goal, "95", now() - timedelta(days=13), period="Week 2")
    confirm_measurement(actor=cast.buyer, measurement_id=first.pk, version=1)
    dispute_measurement(actor=cast.buyer, measurement_id=second.pk, version=1, text="Site 4 booked twice.")
    third = measure(cast, goal, "95.2", now() - timedelta(days=6), period="Week 3")
    correct_measurement(
        actor=success(cast), measurement_id=third.pk, version=1, value="95.3", note="Site 2 was left out"
    )
    text = browse(cast.tomas).get(url("goal", goal.pk)).content.decode()
    for words in ("Site 4 booked twice.", "Site 2 was left out", "95.2%", "95.3%", "Ingrid confirmed", "<desc"):
        assert words in text


@pytest.mark.slow
def test_a_measurement_is_added_once_however_often_it_is_sent(cast: Cast) -> None:
    goal = goal_of(cast)
    client = browse(cast.tomas)
    sent = {"value": "94.5", "measured_at": (now() - timedelta(days=1)).date().isoformat(), "source": "", "period": ""}
    for _ in range(2):
        assert client.post(url("measure", goal.pk), sent).status_code == 302
    assert Measurement.objects.count() == 1
    differs = client.post(url("measure", goal.pk), sent | {"value": "95"})
    assert differs.status_code == 422
    assert "another value" in differs.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", "many"),
        ("value", ""),
        ("value", "1e99"),
        ("value", "😀"),
        ("measured_at", "2026-02-31"),
        ("measured_at", "9999-12-31"),
        ("measured_at", "yesterday"),
        ("measured_at", ""),
        ("period", "x" * 101),
        ("source", "a\x00b"),
    ],
)
def test_bad_measurements_keep_what_was_typed(cast: Cast, field: str, value: str) -> None:
    goal = goal_of(cast)
    sent = {"value": "94.5", "measured_at": "2026-03-01", "source": "Orders", "period": "", "note": "Kept words"}
    page = browse(cast.tomas).post(url("measure", goal.pk), sent | {field: value})
    assert page.status_code == 422
    assert "Kept words" in page.content.decode()
    assert 'aria-invalid="true"' in page.content.decode()
    assert not Measurement.objects.exists()


@pytest.mark.slow
def test_an_unusual_step_asks_why_once(cast: Cast) -> None:
    goal = goal_of(cast)
    for day, value in ((30, "94"), (23, "94.1"), (16, "94.2")):
        measure(cast, goal, value, now() - timedelta(days=day))
    client = browse(cast.tomas)
    sent = {"value": "90", "measured_at": (now() - timedelta(days=2)).date().isoformat(), "source": "", "note": ""}
    asked = client.post(url("measure", goal.pk), sent)
    assert asked.status_code == 422
    assert "4.2% less" in asked.content.decode()
    assert client.post(url("measure", goal.pk), sent | {"note": "Easter week"}).status_code == 302


@pytest.mark.slow
def test_disputes_are_answered_or_corrected_on_the_page(cast: Cast) -> None:
    goal = goal_of(cast)
    measurement = measure(cast, goal, "94")
    dispute = dispute_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=1, text="Twice.")
    client = browse(cast.tomas)
    assert "Answer and keep" in client.get(f"{url('goal', goal.pk)}?answer={dispute.pk}").content.decode()
    assert client.post(url("answer_dispute", goal.pk, dispute.pk), {"text": ""}).status_code == 422
    assert client.post(url("answer_dispute", goal.pk, dispute.pk), {"text": "It is right."}).status_code == 302
    assert Dispute.objects.get().answer == "It is right."
    page = client.post(url("correct", goal.pk, measurement.pk), {"version": 1, "value": "95", "note": "Counted anew"})
    assert page.status_code == 422
    assert "Counted anew" in page.content.decode()
    sent = {"version": 2, "value": "95", "note": "Counted anew"}
    assert client.post(url("correct", goal.pk, measurement.pk), sent).status_code == 302
    assert Measurement.objects.current().get().value == 95


@pytest.mark.slow
def test_asking_whether_it_is_reached(cast: Cast) -> None:
    goal = goal_of(cast)
    measure(cast, goal, "97.9")
    client = browse(cast.tomas)
    assert "Ask the client whether it is reached" in client.get(url("goal", goal.pk)).content.decode()
    assert client.post(url("ask_reached", goal.pk), {"version": 1, "person": "x"}).status_code == 422
    assert client.post(url("ask_reached", goal.pk), {"version": 1, "person": cast.ingrid.pk}).status_code == 302
    assert Question.objects.open().get().asked_of == cast.ingrid
    assert "was asked whether it is reached" in client.get(url("goal", goal.pk)).content.decode()
    assert "Halvorsen Foods: on the way</h1>" in client.get(url("plan", goal.plan_id)).content.decode()
    say(Question.objects.open().get())
    assert "Halvorsen Foods: reached</h1>" in client.get(url("plan", goal.plan_id)).content.decode()


@pytest.mark.slow
def test_success_shows_what_needs_somebody(cast: Cast) -> None:
    goal = goal_of(cast)
    measurement = measure(cast, goal, "97.9")
    text = browse(cast.tomas).get(url("plans")).content.decode()
    assert "Ask whether it is reached: Fill rate" in text
    dispute_measurement(actor=cast.buyer, measurement_id=measurement.pk, version=1, text="Not so.")
    text = browse(cast.tomas).get(url("plans")).content.decode()
    assert "Ingrid Solberg disputes a number" in text
    assert "Halvorsen" not in browse(cast.stranger).get(url("plans")).content.decode()


@pytest.mark.slow
def test_whoever_does_not_see_the_room_sees_nothing(cast: Cast) -> None:
    handoff = won(cast)
    accept(cast, handoff)
    goal, plan = Goal.objects.get(), SuccessPlan.objects.get()
    for user in (cast.stranger, cast.priya):
        client = browse(user)
        for page in (url("handoff", handoff.pk), url("plan", plan.pk), url("goal", goal.pk)):
            assert client.get(page).status_code == 404
        assert client.post(url("measure", goal.pk), {"value": "1", "measured_at": "2026-01-01"}).status_code == 404
    reader = browse(cast.colleague)
    assert "Add a measurement" not in reader.get(url("goal", goal.pk)).content.decode()
    assert reader.post(url("measure", goal.pk), {"value": "94", "measured_at": "2026-03-01"}).status_code == 403
    assert Client().get(url("goal", goal.pk)).status_code == 302


@pytest.mark.slow
def test_pages_ask_the_database_a_fixed_number_of_times(cast: Cast, assert_query_baseline: Any) -> None:
    for number in range(4):
        cast.write_criterion(title=f"Criterion {number}")
    handoff = won(cast)
    item = handoff.items.first()
    ask_back(actor=success(cast), item_id=item.pk, version=1, text="Why?")
    client = browse(cast.tomas)
    with assert_query_baseline("handoff:handoff"):
        client.get(url("handoff", handoff.pk))
    with assert_query_baseline("handoff:handoffs"):
        client.get(url("handoffs"))


@pytest.mark.slow
def test_goals_ask_the_database_a_fixed_number_of_times(cast: Cast, assert_query_baseline: Any) -> None:
    for number in range(3):
        cast.write_criterion(title=f"Criterion {number}")
    accept(cast, won(cast))
    for goal in Goal.objects.all():
        for day in range(1, 5):
            measure(cast, goal, 94 + day / 10, now() - timedelta(days=7 * day))
    client = browse(cast.tomas)
    with assert_query_baseline("handoff:plan"):
        client.get(url("plan", SuccessPlan.objects.get().pk))
    with assert_query_baseline("handoff:plans"):
        client.get(url("plans"))
    with assert_query_baseline("handoff:goal"):
        client.get(url("goal", Goal.objects.first().pk))
