"""How deals end without a close, pause and open again: to whom, until when, with thanks only where somebody says so."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse

from crm.actors import as_user
from crm.clock import frozen
from crm.errors import Invalid, NotAllowed, Refused
from crm.events.deliver import deliver_owed
from crm.models import Answer, Consent, Event, Task
from deals.actions.deal import change_deal
from deals.actions.ending import ThanksTo, end_deal, pause_deal, reopen_deal
from deals.models import Deal, Thanks
from tests.api.caller import Caller, make_key
from tests.cast import Cast
from tests.crm.actions.test_consent import ask
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)
AUTUMN = "2026-10-05"


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    """A deal with a problem, and two of the client in its room."""
    with frozen(TUESDAY):
        cast = Cast()
        cast.write_problem()
        assert all((cast.ingrid, cast.daniel, cast.colleague, cast.jonas))
    return cast


@pytest.fixture(autouse=True)
def on_tuesday():
    with frozen(TUESDAY):
        yield


def end(cast: Cast, **values) -> Deal:
    deal = Deal.objects.get(pk=cast.deal.pk)
    named = {"status": "no_deal", "reason": "Their season is fixed."} | values
    return end_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, **named)


def pause(cast: Cast, until: object = AUTUMN, **values) -> Deal:
    deal = Deal.objects.get(pk=cast.deal.pk)
    return pause_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, until=until, **values)


def reopen(cast: Cast) -> Deal:
    deal = Deal.objects.get(pk=cast.deal.pk)
    return reopen_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version)


def test_agreed_not_to_go_on_with_a_day_to_talk_again(cast: Cast) -> None:
    deal = end(cast, would_change="A season that is not fixed.", talk_again_on=AUTUMN)
    task = Task.objects.visible_to(cast.rep).get()
    assert task.title == "Talk again with Halvorsen Foods: Demand forecasting for fresh and chilled"
    assert (str(task.due_on), task.subject_id, deal.talk_task_id) == (AUTUMN, deal.pk, task.pk)
    assert (deal.would_change, deal.status) == ("A season that is not fixed.", "no_deal")


def test_lost_to_somebody_by_name(cast: Cast) -> None:
    deal = end(cast, status="lost", lost_to="competitor", lost_to_name="Frostline")
    assert (deal.lost_to, deal.lost_to_name) == ("competitor", "Frostline")
    assert not Task.objects.exists()


def test_a_pause_becomes_a_task_and_closes_what_was_asked(cast: Cast) -> None:
    question = ask(cast)
    deal = pause(cast)
    assert (deal.status, deal.ended_at) == ("paused", None)
    assert Consent.objects.get(question=question).answer == Answer.CANCELLED
    assert Event.objects.visible_to(cast.buyer).filter(type="deal.paused").exists()
    assert str(Task.objects.get().due_on) == AUTUMN
    later = pause(cast, "2026-11-02")
    assert [str(one.due_on) for one in Task.objects.visible_to(cast.rep)] == ["2026-11-02"]
    assert later.talk_task_id == Task.objects.visible_to(cast.rep).get().pk


def test_going_on_takes_the_task_off_the_list(cast: Cast) -> None:
    pause(cast, reason="The board meets first.")
    deal = reopen(cast)
    assert (deal.status, deal.talk_again_on, deal.talk_task, deal.ended_reason) == ("open", None, None, "")
    assert not Task.objects.visible_to(cast.rep).exists()


def test_a_new_owner_gets_the_task(cast: Cast) -> None:
    deal = pause(cast)
    change_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, values={"owner": cast.colleague.pk})
    assert not Task.objects.visible_to(cast.rep).exists()
    assert Task.objects.visible_to(as_user(cast.colleague)).get().pk == Deal.objects.get(pk=deal.pk).talk_task_id


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"reason": ""}, "reason", "required"),
        ({"status": "won"}, "status", "not_a_choice"),
        ({"lost_to": "competitor"}, "lost_to", "not_lost"),
        ({"status": "lost", "lost_to": "nobody"}, "lost_to", "not_a_choice"),
        ({"status": "lost", "lost_to": "nothing", "lost_to_name": "Frostline"}, "lost_to_name", "not_a_competitor"),
        ({"talk_again_on": "2026-04-14"}, "talk_again_on", "not_ahead"),
        ({"talk_again_on": "2033-01-01"}, "talk_again_on", "not_ahead"),
        ({"talk_again_on": "soon"}, "talk_again_on", "not_a_date"),
        ({"would_change": "a\x00"}, "would_change", "control_character"),
        ({"thanks": ThanksTo("", ())}, "thanks", "required"),
        ({"thanks": ThanksTo("Thank you.", (uuid4(),))}, "thanked", "unknown"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(cast: Cast, values: dict, field: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        end(cast, **values)
    assert (field, code) in [(one.field, one.code) for one in refusal.value.faults]
    assert Deal.objects.get(pk=cast.deal.pk).is_open


def test_only_whoever_works_in_the_room_pauses_and_what_has_ended_stays_so(cast: Cast) -> None:
    for actor in (as_user(cast.colleague), cast.buyer):
        with pytest.raises(NotAllowed):
            pause_deal(actor=actor, deal_id=cast.deal.pk, version=cast.deal.version, until=AUTUMN)
    with pytest.raises(Invalid):
        pause(cast, None)
    end(cast)
    with pytest.raises(Refused):
        pause(cast)


def test_thanks_leave_only_to_those_chosen(cast: Cast) -> None:
    end(cast, thanks=ThanksTo("Thank you for your time.", (cast.ingrid.pk,)))
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        deliver_owed()
    (sent,) = [one for one in mail.outbox if one.subject == "Thank you from Maya Okafor"]
    assert sent.to == [cast.ingrid.contact.email]
    assert "Thank you for your time." in str(sent.body)
    assert not Event.objects.visible_to(cast.buyer).filter(type="deal.thanked").exists()


def test_in_the_room_it_reads_kindly_and_stays(cast: Cast) -> None:
    end(cast, would_change="Their season.", talk_again_on=AUTUMN)
    page = client_of(cast.ingrid.contact).get(f"/room/{cast.deal.room_id}/").content.decode()
    assert "Maya Okafor wrote down on 14 April that both sides agreed not to go on." in page
    assert "Maya Okafor wants to talk again on 5 October." in page
    assert "Their season" not in page


# Pages and REST -------------------------------------------------------------------------------------------------------
def sent(cast: Cast, **values: object) -> dict[str, object]:
    return {"status": "paused", "reason": "", "talk_again_on": AUTUMN, "version": Deal.objects.get().version} | values


@pytest.mark.slow
def test_the_page_pauses_and_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    url = reverse("deals:end", args=[cast.deal.pk])
    assert "It pauses" in client.get(url).content.decode()
    answer = client.post(url, sent(cast, talk_again_on="", reason="The board meets first."))
    assert answer.status_code == 422
    assert "The board meets first." in answer.content.decode()
    assert "Choose a day." in answer.content.decode()
    client.post(url, sent(cast))
    page = client.get(reverse("deals:deal", args=[cast.deal.pk])).content.decode()
    assert "Paused until 5 October" in page
    assert "Go on with it" in page


@pytest.mark.slow
def test_thanks_are_shown_before_they_leave(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    typed = sent(cast, status="no_deal", reason="Season.", send_thanks="on", thanks="Thank you, Ingrid.")
    typed |= {"thanked": [str(cast.ingrid.pk)]}
    shown = client.post(reverse("deals:end_preview", args=[cast.deal.pk]), typed).content.decode()
    assert "To Ingrid Solberg, one mail each" in shown
    assert "Thank you, Ingrid." in shown
    assert not Thanks.objects.exists()
    url = reverse("deals:end", args=[cast.deal.pk])
    assert Deal.objects.get().is_open
    client.post(url, typed)
    assert Thanks.objects.get().to == [cast.ingrid.pk]
    assert "Agreed not to go on" not in client.get(reverse("deals:deal", args=[cast.deal.pk])).content.decode()


def test_a_deal_that_somebody_changed_meanwhile_is_ended_at_the_second_try(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    url, typed = reverse("deals:end", args=[cast.deal.pk]), sent(cast)
    deal = Deal.objects.get()
    change_deal(actor=as_user(cast.jonas), deal_id=deal.pk, version=deal.version, values={"amount": "9"})
    answer = client.post(url, typed)
    assert answer.status_code == 409
    client.post(url, typed | {"version": Deal.objects.get().version})
    assert Deal.objects.get().status == "paused"


def test_over_rest(cast: Cast) -> None:
    api, path, version = Caller(make_key(cast.maya)), f"/deals/{cast.deal.pk}", Deal.objects.get().version
    paused = api.post(f"{path}/pause/", {"until": AUTUMN}, version=version).json()
    assert (paused["status"], paused["talk_again_on"]) == ("paused", AUTUMN)
    bad = api.post(f"{path}/pause/", {"until": "2020-01-01"}, version=paused["version"])
    assert [one["pointer"] for one in bad.json()["errors"]] == ["/until"]
    lost = {"status": "lost", "reason": "Price.", "lost_to": "competitor", "lost_to_name": "Frostline"}
    ended = api.post(f"{path}/end/", lost, version=paused["version"]).json()
    assert (ended["lost_to"], ended["lost_to_name"], ended["talk_again_on"]) == ("competitor", "Frostline", None)
