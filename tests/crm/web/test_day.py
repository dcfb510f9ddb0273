"""My day: what it shows to whom, and that its cost does not grow with the work."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.access_request import request_access
from crm.actions.activity import log_activity
from crm.actions.comment import add_comment, resolve_comment
from crm.actions.task import create_task
from crm.actors import as_user
from crm.clock import frozen
from crm.models import ActivityType
from crm.queries.day import my_day
from deals.actions.problem import add_statement
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    """A deal with a problem and a criterion, told on Monday."""
    with frozen(TUESDAY - timedelta(days=1)):
        cast = Cast()
        cast.write_problem()
        cast.write_criterion()
        assert cast.ingrid
    return cast


@pytest.fixture
def client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def page(client: Client, at: datetime = TUESDAY) -> str:
    with frozen(at):
        answer = client.get("/day/")
    assert answer.status_code == 200
    return answer.content.decode()


def waiting(cast: Cast) -> list[str]:
    return [str(one.sentence) for one in my_day(cast.rep).waiting]


def test_an_empty_day_says_what_would_stand_there(client: Client) -> None:
    shown = page(client)
    assert "Good morning, Maya" in shown
    assert "Tuesday, 14 April. Nobody is waiting for you." in shown
    for words in ("Nobody. When a client", "No question of yours is open", "Nothing has changed", "No meeting today"):
        assert words in shown


@pytest.mark.slow
def test_an_answer_that_leaves_the_next_word_to_us_waits(cast: Cast, client: Client) -> None:
    say(cast, ask(cast), answer="change", note="It is twice a week.")
    assert waiting(cast) == ["Ingrid Solberg would change something in: problem"]
    assert not my_day(as_user(cast.colleague)).waiting
    shown = page(client)
    assert "1 person is waiting for you" in shown
    assert "It is twice a week." in shown
    assert "Halvorsen Foods" in shown
    with frozen(TUESDAY):
        add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "situation", "text": "Twice a week."})
        say(cast, ask(cast))
    assert not waiting(cast)


@pytest.mark.slow
def test_words_wait_until_they_are_answered_or_settled(cast: Cast) -> None:
    room = cast.deal.room_id
    said = add_comment(actor=cast.buyer, room_id=room, body="Who would be on the call?")
    add_comment(actor=cast.buyer, room_id=room, body="For us alone.", private=True)
    assert waiting(cast) == ["Ingrid Solberg wrote something"]
    add_comment(actor=cast.rep, room_id=room, body="I would.", reply_to=said.pk)
    assert not waiting(cast)
    again = add_comment(actor=cast.buyer, room_id=room, body="Fine.", reply_to=said.pk)
    assert waiting(cast)
    resolve_comment(actor=cast.rep, comment_id=again.pk, version=said.version)
    assert not waiting(cast)


def test_who_is_named_is_waited_for(cast: Cast) -> None:
    add_comment(actor=as_user(cast.jonas), room_id=cast.deal.room_id, body="@Maya, who decides?", private=True)
    assert waiting(cast) == ["Jonas Weber asks you something"]


def test_who_asks_to_bring_somebody_in_waits(cast: Cast, client: Client) -> None:
    request_access(
        actor=cast.buyer, room_id=cast.deal.room_id, name="Ruth Abara", email="ruth@halvorsen.example", reason="Data."
    )
    assert waiting(cast) == ["Ingrid Solberg asks to bring in Ruth Abara"]


@pytest.mark.slow
def test_what_they_asked_stands_until_it_is_answered(cast: Cast, client: Client) -> None:
    with frozen(TUESDAY - timedelta(days=1)):
        question = ask(cast)
    shown = page(client)
    assert question.sentence in shown
    assert "Ingrid Solberg, Halvorsen Foods. Our problem." in shown
    say(cast, question)
    assert "No question of yours is open" in page(client)


@pytest.mark.slow
def test_a_room_is_quiet_when_nobody_of_theirs_acts(cast: Cast) -> None:
    with frozen(TUESDAY - timedelta(days=16)):
        ask(cast)
    with frozen(TUESDAY):
        (quiet,) = my_day(cast.rep).quiet
        assert (quiet.questions, quiet.days) == (1, 16)
    with frozen(TUESDAY - timedelta(days=2)):
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="Give us a week.")
    with frozen(TUESDAY):
        assert not my_day(cast.rep).quiet


@pytest.mark.slow
def test_what_changed_is_told_once_and_not_what_one_did_oneself(cast: Cast, client: Client) -> None:
    with frozen(TUESDAY):
        for cause in ("Promotions.", "Weather."):
            add_statement(actor=cast.buyer, deal_id=cast.deal.pk, values={"part": "causes", "text": cause})
        add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "Ours."})
    shown = page(client)
    assert "Ingrid Solberg added to the problem" in shown
    assert "(2 times)" in shown
    assert "Maya Okafor added" not in shown
    assert "Ingrid Solberg added" not in page(client, TUESDAY + timedelta(days=2))


def meet(cast: Cast, subject: str, at: datetime) -> None:
    values = {"type": ActivityType.MEETING.value, "subject": subject, "at": at}
    log_activity(actor=cast.rep, room_id=cast.deal.room_id, values=values)


@pytest.mark.slow
def test_meetings_of_today_and_of_the_days_ahead(cast: Cast, client: Client) -> None:
    for subject, days in (("Gone", -1), ("Plan session", 0), ("First scenario", 3), ("Far away", 30)):
        meet(cast, subject, TUESDAY + timedelta(days=days))
    with frozen(TUESDAY):
        day = my_day(cast.rep)
    assert [one.activity.subject for one in day.today] == ["Plan session"]
    assert [one.activity.subject for one in day.ahead] == ["First scenario"]
    shown = page(client)
    assert "Plan session" in shown
    assert "First scenario" in shown


def test_what_is_typed_into_a_note_is_kept_when_something_is_missing(cast: Cast, client: Client) -> None:
    typed = {"type": "call", "subject": "", "body": "He asked for the low case.", "room": str(cast.deal.room_id)}
    answer = client.post("/activities/new/", typed)
    assert answer.status_code == 422
    assert "He asked for the low case." in answer.content.decode()
    answer = client.post("/activities/new/", typed | {"subject": "Call", "next": "/day/"})
    assert answer.headers["Location"] == "/day/"
    assert client.post("/activities/new/", typed | {"room": str(cast.admin.pk)}).status_code == 422
    client.force_login(cast.colleague)
    assert client.post("/activities/new/", typed | {"subject": "Call"}).status_code == 422


def test_a_comment_is_found_where_it_stands(cast: Cast, client: Client) -> None:
    said = add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="Who?")
    url = reverse("crm:comment", args=[said.pk])
    assert client.get(url).headers["Location"].endswith(f"/words/#comment-{said.pk}")
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


@pytest.mark.slow
def test_the_cost_does_not_grow_with_the_work(cast: Cast, client: Client, assert_query_baseline) -> None:
    say(cast, ask(cast), answer="change", note="Again.")
    for number in range(3):
        create_task(actor=cast.rep, values={"title": f"Task {number}", "about": cast.deal.pk})
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body=f"Word {number}")
        meet(cast, f"Meeting {number}", TUESDAY)
    with assert_query_baseline("crm:day"):
        page(client)
