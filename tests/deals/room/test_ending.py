"""Whose word "both agreed not to go on" is, and a buyer's word against it: nobody speaks in a buyer's name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse

from crm.actions.comment import add_comment, resolve_comment
from crm.actions.mail_choice import choose_mails
from crm.actors import as_participant
from crm.clock import frozen
from crm.errors import Invalid, NotAllowed, Refused
from crm.events.deliver import deliver_owed
from crm.formats import erased_name
from crm.models import Comment, Consent, Contact, MailKind, Participant
from deals.actions.ending import dispute_ending, end_deal, reopen_deal
from deals.models import Deal
from deals.queries.ending import endings_of
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 4, 14, 8, 0, tzinfo=UTC)
WRITTEN = "No deal, as Maya wrote it down"
OTHERWISE = "No deal, as Maya wrote it down; Ingrid sees it differently"


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    """A deal with two of the client in its room."""
    with frozen(TUESDAY):
        cast = Cast()
        cast.write_problem()
        assert all((cast.ingrid, cast.daniel))
    return cast


@pytest.fixture(autouse=True)
def on_tuesday():
    with frozen(TUESDAY):
        yield


def end(cast: Cast, **values: object) -> Deal:
    deal = Deal.objects.get(pk=cast.deal.pk)
    named = {"status": "no_deal", "reason": "They cannot decide."} | values
    return end_deal(actor=cast.rep, deal_id=deal.pk, version=deal.version, **named)


def reopen(cast: Cast) -> None:
    reopen_deal(actor=cast.rep, deal_id=cast.deal.pk, version=Deal.objects.get(pk=cast.deal.pk).version)


def differ(cast: Cast, body: str = "We only asked for more time.", actor=None) -> Comment:
    return dispute_ending(actor=actor or cast.buyer, deal_id=cast.deal.pk, body=body)


def words(cast: Cast) -> str:
    return endings_of([Deal.objects.get(pk=cast.deal.pk)])[cast.deal.pk].words


def mails() -> list:
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        deliver_owed()
    return [one for one in mail.outbox if "wrote down that we do not go on" in one.subject]


def test_those_who_answer_are_told_whose_word_it_is_and_not_why(cast: Cast) -> None:
    Participant.objects.filter(pk=cast.daniel.pk).update(may_answer=False)
    end(cast)
    (sent,) = mails()
    assert sent.to == [cast.ingrid.contact.email]
    assert sent.subject == f"Maya Okafor wrote down that we do not go on: {cast.deal.room.title}"
    told = "Maya Okafor wrote down on 14 April that both sides agreed not to go on with “Demand forecasting"
    for body in (str(sent.body), sent.alternatives[0][0]):
        assert told in body
        assert f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/ended/" in body
        assert "cannot decide" not in body
    assert not Consent.objects.exists()


@pytest.mark.parametrize("case", ["switched off", "open again", "old", "lost"])
def test_nobody_is_told_what_they_do_not_want_or_what_stands_no_more(cast: Cast, case: str) -> None:
    if case == "switched off":
        kept = [kind for kind in MailKind.values if kind != MailKind.RECORDED]
        for person in (cast.ingrid, cast.daniel):
            choose_mails(actor=as_participant(person), wanted=kept)
    end(cast, status="lost" if case == "lost" else "no_deal")
    if case == "open again":
        reopen(cast)
    with frozen(TUESDAY + timedelta(days=4 if case == "old" else 0)):
        assert mails() == []


def test_a_buyer_sees_it_differently_until_that_is_settled(cast: Cast) -> None:
    end(cast)
    assert words(cast) == WRITTEN
    said = differ(cast)
    assert (said.is_dispute, said.private_to, said.section) == (True, "", "")
    assert words(cast) == OTHERWISE
    assert Deal.objects.get(pk=cast.deal.pk).status == "no_deal"
    with pytest.raises(NotAllowed):
        resolve_comment(actor=cast.rep, comment_id=said.pk, version=said.version)
    add_comment(actor=cast.rep, room_id=cast.deal.room_id, body="I see. Shall we talk?", reply_to=said.pk)
    resolve_comment(actor=cast.buyer, comment_id=said.pk, version=Comment.objects.get(pk=said.pk).version)
    assert words(cast) == WRITTEN


def test_two_see_it_differently(cast: Cast) -> None:
    end(cast)
    differ(cast)
    differ(cast, "Nor did I.", as_participant(cast.daniel))
    assert words(cast) == "No deal, as Maya wrote it down; Ingrid and Daniel see it differently"


def test_opened_again_it_is_over_and_a_new_ending_begins_anew(cast: Cast) -> None:
    end(cast)
    differ(cast)
    reopen(cast)
    assert endings_of([Deal.objects.get(pk=cast.deal.pk)]) == {}
    with frozen(TUESDAY + timedelta(hours=1)):
        end(cast)
        assert words(cast) == WRITTEN
        differ(cast)
        assert words(cast) == OTHERWISE


def test_only_a_buyer_who_answers_says_so_once_about_what_stands(cast: Cast) -> None:
    with pytest.raises(Refused):
        differ(cast)
    end(cast)
    with pytest.raises(Invalid):
        differ(cast, " ")
    for actor in (cast.rep, as_participant(cast.let_in(cast.contact("Sander Bakke"), side="partner"))):
        with pytest.raises(NotAllowed):
            differ(cast, actor=actor)
    Participant.objects.filter(pk=cast.daniel.pk).update(may_answer=False)
    with pytest.raises(NotAllowed):
        differ(cast, actor=as_participant(Participant.objects.get(pk=cast.daniel.pk)))
    differ(cast)
    with pytest.raises(Refused):
        differ(cast)


def test_one_that_a_file_brought_in_is_nobodys_word_by_name(cast: Cast) -> None:
    Deal.objects.filter(pk=cast.deal.pk).update(status="no_deal", ended_at=TUESDAY)
    assert words(cast) == f"No deal, as {settings.ORGANIZATION_SHORT_NAME} wrote it down"


def test_both_sides_read_it_on_their_pages(cast: Cast, client: Client) -> None:
    sander = cast.let_in(cast.contact("Sander Bakke"), side="partner")
    guest, partner = client_of(cast.ingrid.contact), client_of(sander.contact)
    room = reverse("room:today", args=[cast.deal.room_id])
    url = reverse("deals_room:ending", args=[cast.deal.room_id, cast.deal.pk])
    assert guest.get(url).url == room
    end(cast)
    assert "That is not how we left it" in guest.get(room).content.decode()
    assert "That is not how we left it" not in partner.get(room).content.decode()
    refused = guest.post(url, {"body": ""})
    assert refused.status_code == 422
    assert guest.post(url, {"body": "We only asked for more time."}).status_code == 302
    client.force_login(cast.maya)
    seen = [one.get(url).content.decode() for one, url in ((guest, room), (partner, room), (guest, url))]
    assert not any("cannot decide" in page for page in seen)
    seen.append(client.get(reverse("deals:deal", args=[cast.deal.pk])).content.decode())
    assert all(OTHERWISE in page and "We only asked for more time." in page for page in seen)
    said = client.get(reverse("crm:words", args=[cast.deal.room_id])).content.decode()
    assert "Sees it differently" in said
    assert "Mark as settled" not in said
    assert OTHERWISE in client.get(reverse("crm:client", args=[cast.deal.organization_id])).content.decode()


def test_whoever_ends_it_reads_first_who_is_told(cast: Cast, client: Client) -> None:
    client.force_login(cast.maya)
    page = client.post(reverse("deals:end_preview", args=[cast.deal.pk]), {"status": "no_deal"}).content.decode()
    assert "A short mail goes to Daniel" in page
    assert "Ingrid Solberg" in page


def test_whoever_was_erased_is_called_by_the_whole_words(cast: Cast) -> None:
    end(cast)
    differ(cast)
    Contact.objects.filter(pk=cast.ingrid.contact_id).update(name=erased_name())
    assert words(cast) == f"No deal, as Maya wrote it down; {erased_name()} sees it differently"
