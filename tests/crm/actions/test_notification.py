"""Notifications and the digest: who is told of what, once, and nothing that was switched off."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client, TestCase

from crm.actions.comment import add_comment
from crm.actions.mail_choice import choose_news
from crm.actions.notification import notify, read_all, read_notification
from crm.actions.room import add_member, remove_member
from crm.actions.task import create_task
from crm.actors import Actor, as_user
from crm.clock import frozen
from crm.errors import Invalid, NotFound
from crm.events.deliver import deliver_owed
from crm.mail.digest import send_digests
from crm.models import Delivery, Event, Notification, User
from crm.news import news_kinds
from crm.queries.notification import link_of, notifications
from deals.actions.problem import add_statement
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)
ALL = [kind.name for kind in news_kinds()]


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    """A deal with a problem, of which everybody was told already; all on Monday."""
    with frozen(MORNING - timedelta(days=1)):
        cast = Cast()
        cast.write_problem()
        add_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=cast.tomas.pk)
        assert all((cast.ingrid, cast.jonas, cast.colleague, cast.admin))
    Delivery.objects.all().delete()
    return cast


def deliver(at: datetime = MORNING) -> None:
    with frozen(at), TestCase.captureOnCommitCallbacks(execute=True):
        deliver_owed()


def told_to(user: User) -> list[str]:
    user.refresh_from_db()
    return [str(one.happening.entry.sentence) for one in notifications(as_user(user))[0]]


@pytest.mark.slow
def test_an_answer_is_told_to_who_asked_and_to_nobody_else(cast: Cast) -> None:
    with frozen(MORNING):
        say(cast, ask(cast))
    deliver()
    assert told_to(cast.maya) == ["Ingrid Solberg agreed to the problem, revision 1"]
    assert cast.maya.unread == 1
    assert not any(told_to(user) for user in (cast.tomas, cast.jonas, cast.colleague, cast.admin))
    one = Notification.objects.get()
    assert link_of(cast.rep, one).endswith("/problem/")
    notify(one.event)  # delivered twice
    assert Notification.objects.count() == 1
    made = Event.objects.filter(type="notification.made")
    assert made.visible_to(cast.rep).count() == 1
    assert not made.visible_to(as_user(cast.jonas)).exists()


def test_nobody_is_told_of_what_they_did(cast: Cast) -> None:
    with frozen(MORNING):
        add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "Weather."})
    deliver()
    assert told_to(cast.maya) == []
    assert told_to(cast.tomas) == ["Maya Okafor added to the problem"]


def test_ten_edits_are_one_piece_of_news_until_it_is_read(cast: Cast) -> None:
    def edit() -> None:
        with frozen(MORNING):
            add_statement(actor=cast.buyer, deal_id=cast.deal.pk, values={"part": "causes", "text": "Weather."})
        deliver()

    edit()
    edit()
    assert len(told_to(cast.maya)) == 1
    read_all(actor=cast.rep)
    edit()
    assert len(told_to(cast.maya)) == 2
    assert cast.maya.unread == 1


def test_who_is_named_is_asked_and_who_works_there_reads_along(cast: Cast) -> None:
    with frozen(MORNING):
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="@Maya, who decides?")
    mail.outbox.clear()
    deliver()
    kinds = dict(Notification.objects.values_list("user__name", "kind"))
    assert kinds == {"Maya Okafor": "mention", "Tomás Herrera": "words"}
    assert [one.to for one in mail.outbox] == [[cast.maya.email]]
    assert "/notifications/choice/" in str(mail.outbox[0].body)
    assert [one.sentence for one in notifications(cast.rep)[0]] == ["Ingrid Solberg names you"]
    assert [one.sentence for one in notifications(as_user(cast.tomas))[0]] == ["Ingrid Solberg commented"]


def test_what_is_off_is_not_told(cast: Cast) -> None:
    on = [name for name in ALL if name not in ("words", "mention")]
    choose_news(actor=cast.rep, in_app=on, by_mail=on)
    with frozen(MORNING):
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="@Maya, who decides?")
    mail.outbox.clear()
    deliver()
    assert told_to(cast.maya) == []
    assert mail.outbox == []
    with pytest.raises(Invalid):
        choose_news(actor=cast.rep, in_app=["gossip"], by_mail=[])
    with pytest.raises(NotFound):
        choose_news(actor=cast.buyer, in_app=[], by_mail=[])


def test_who_has_left_the_room_is_told_no_more(cast: Cast) -> None:
    with frozen(MORNING):
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="One.")
    deliver()
    assert len(told_to(cast.tomas)) == 1
    remove_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=cast.tomas.pk)
    assert told_to(cast.tomas) == []


def test_a_reminder_is_told_at_its_moment(cast: Cast) -> None:
    with frozen(MORNING):
        create_task(actor=cast.rep, values={"title": "Call Daniel", "remind_at": MORNING + timedelta(hours=2)})
    deliver()
    assert told_to(cast.maya) == []
    deliver(MORNING + timedelta(hours=2))
    assert told_to(cast.maya) == ["You wanted to be reminded: Call Daniel"]


def test_reading_is_for_oneself(cast: Cast) -> None:
    with frozen(MORNING):
        add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="One.")
    deliver()
    mine = Notification.objects.get(user=cast.maya)
    with pytest.raises(NotFound):
        read_notification(actor=as_user(cast.tomas), notification_id=mine.pk)
    client = Client()
    client.force_login(cast.maya)
    assert "Notifications, 1 new" in client.get("/tasks/").content.decode()
    answer = client.post(f"/notifications/{mine.pk}/")
    assert "/comments/" in answer.headers["Location"]
    assert 'aria-label="Notifications"' in client.get("/notifications/").content.decode()


def test_choosing_on_the_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    page = client.get("/notifications/choice/").content.decode().split("<main")[1].split("</main>")[0]
    assert page.count(" checked") == 2 * len(ALL) - 1  # what is due stands in the mail alone
    client.post("/notifications/choice/", {"in_app": ALL, "by_mail": ["mention"]})
    cast.maya.refresh_from_db()
    assert cast.maya.news_off == []
    assert set(cast.maya.mails_off) == set(ALL) - {"mention"}
    assert client.post("/notifications/choice/", {"in_app": ["gossip"]}).status_code == 400


# The digest -----------------------------------------------------------------------------------------------------------
def digests(at: datetime) -> list[str]:
    mail.outbox.clear()
    with frozen(at):
        send_digests()
    return [str(one.body) for one in mail.outbox]


def news_of_monday(cast: Cast, actor: Actor | None = None) -> None:
    with frozen(MORNING - timedelta(hours=20)):
        say(cast, ask(cast), answer="change", note="It is twice a week.")
    deliver(MORNING - timedelta(hours=20))


@pytest.mark.slow
def test_one_digest_in_the_morning_with_all_that_is_new(cast: Cast) -> None:
    news_of_monday(cast)
    with frozen(MORNING - timedelta(hours=20)):
        create_task(actor=cast.rep, values={"title": "Call Daniel", "due_on": "2026-04-14", "about": cast.deal.pk})
    assert digests(MORNING - timedelta(hours=4)) == []  # it is night
    (body,) = digests(MORNING)
    assert "They are waiting for you" in body
    assert "“It is twice a week.”" in body
    assert "Call Daniel, Halvorsen Foods: due today" in body
    assert "/notifications/choice/" in body
    assert mail.outbox[0].subject == "Your day: 1 person waits for you"
    assert digests(MORNING + timedelta(hours=1)) == []
    assert digests(MORNING + timedelta(days=1)) == []  # nothing new: what waits does not nag


@pytest.mark.slow
def test_the_morning_is_the_readers_own(cast: Cast) -> None:
    User.objects.filter(pk=cast.maya.pk).update(time_zone="America/New_York")
    news_of_monday(cast)
    assert digests(MORNING) == []
    assert len(digests(MORNING + timedelta(hours=4))) == 1


def test_nothing_to_say_sends_nothing(cast: Cast) -> None:
    assert digests(MORNING) == []


@pytest.mark.slow
def test_what_was_read_or_switched_off_is_not_mailed(cast: Cast) -> None:
    news_of_monday(cast)
    choose_news(actor=cast.rep, in_app=ALL, by_mail=[name for name in ALL if name != "answers"])
    assert digests(MORNING) == []
    choose_news(actor=cast.rep, in_app=ALL, by_mail=ALL)
    read_all(actor=cast.rep)
    assert digests(MORNING + timedelta(days=1)) == []


@pytest.mark.slow
def test_a_mail_that_could_not_leave_leaves_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    news_of_monday(cast)
    with monkeypatch.context() as patched:
        patched.setattr("crm.mail.digest.send", _fail)
        with pytest.raises(OSError, match="away"):
            digests(MORNING)
    assert len(digests(MORNING + timedelta(minutes=15))) == 1


def _fail(_mail: object) -> None:
    raise OSError("away")
