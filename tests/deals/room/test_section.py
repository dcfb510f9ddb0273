"""Writing in the room's sections: edits with versions, drafts of a side, limited grants, and nothing internal anywhere."""

import re

import pytest
from django.test import Client

from crm.actions.comment import add_comment
from crm.actions.participant import change_participant
from crm.clock import now
from crm.models import Activity, ActivityType, Comment, Participant
from deals.actions.problem import add_statement, edit_statement
from deals.actions.stakeholder import add_stakeholder, assess_stakeholder
from deals.models import Criterion, ProblemStatement
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import ask, move_to, say

pytestmark = pytest.mark.django_db
CANARY = "kanarienvogel"


@pytest.fixture
def client(cast: Cast) -> Client:
    return client_of(cast.ingrid.contact)


def url(cast: Cast, kind: str = "problem", rest: str = "") -> str:
    return f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/{kind}/{rest}"


def row(cast: Cast) -> ProblemStatement:
    return ProblemStatement.objects.order_by("created_at").first()


@pytest.mark.slow
def test_a_buyer_adds_and_edits_in_place(cast: Cast, client: Client) -> None:
    assert 'name="text"' in client.get(url(cast), {"add": "causes"}).content.decode()
    response = client.post(url(cast), {"part": "causes", "text": "Shipments, not sales. 🍓 שלום"}, follow=True)
    assert "Shipments, not sales. 🍓 שלום" in response.content.decode()
    assert ProblemStatement.objects.get(part="causes").by_contact == cast.ingrid.contact
    first = row(cast)
    assert first.text in client.get(url(cast), {"edit": str(first.pk)}).content.decode()
    client.post(url(cast, rest=f"{first.pk}/"), {"part": first.part, "text": "Weekly.", "version": first.version})
    assert row(cast).text == "Weekly."


@pytest.mark.slow
def test_bad_words_come_back_with_a_note(cast: Cast, client: Client) -> None:
    for text in ("", "x" * 20_001, "a\x00b"):
        response = client.post(url(cast), {"part": "causes", "text": text})
        assert response.status_code == 422
    assert client.post(url(cast), {"part": "nonsense", "text": "x"}).status_code == 422
    response = client.post(url(cast), {"part": "cost", "text": "Written off", "amount": "a lot", "currency": "USD"})
    assert response.status_code == 422
    assert "a lot" in response.content.decode()
    assert ProblemStatement.objects.count() == 1


@pytest.mark.slow
def test_the_second_writer_sees_both_versions(cast: Cast, client: Client) -> None:
    first = row(cast)
    edit_statement(actor=cast.rep, statement_id=first.pk, version=first.version, values={"text": "Twice a week."})
    sent = {"part": first.part, "text": "Every Monday.", "version": first.version}
    response = client.post(url(cast, rest=f"{first.pk}/"), sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Twice a week." in page
    assert "Every Monday." in page
    assert row(cast).text == "Twice a week."
    client.post(url(cast, rest=f"{first.pk}/"), sent | {"version": row(cast).version})
    assert row(cast).text == "Every Monday."


@pytest.mark.slow
def test_a_draft_stays_on_its_side_until_it_is_shared(cast: Cast, client: Client) -> None:
    client.post(url(cast), {"part": "why_now", "text": "The board asks.", "private": "on"})
    draft = ProblemStatement.objects.get(part="why_now")
    assert draft.private_to == "buyer"
    assert "Only Halvorsen Foods sees this" in client.get(url(cast)).content.decode()
    assert not ProblemStatement.objects.visible_to(cast.rep).filter(pk=draft.pk).exists()
    client.post(url(cast, rest=f"{draft.pk}/"), {"do": "share", "version": draft.version})
    assert ProblemStatement.objects.visible_to(cast.rep).filter(pk=draft.pk).exists()


@pytest.mark.slow
def test_each_statement_says_who_wrote_it_and_who_changed_it_last(cast: Cast, client: Client) -> None:
    staff = Client()
    staff.force_login(cast.maya)
    pages = ((client, url(cast)), (staff, f"/deals/{cast.deal.pk}/problem/"))
    for who, page in pages:
        assert "· changed by" not in who.get(page).content.decode()
    edit_statement(actor=cast.buyer, statement_id=row(cast).pk, version=row(cast).version, values={"text": "Weekly."})
    quote = {"part": "quote", "text": "We are late.", "said_by": "Ingrid Solberg"}
    add_statement(actor=cast.rep, deal_id=cast.deal.pk, values=quote)
    for who, page in pages:
        text = who.get(page).content.decode()
        assert re.search(r"Maya Okafor, [^<]*· changed by Ingrid Solberg, ", text)
        assert "Written down by Maya Okafor, " in text


def test_what_is_quoted_are_the_reader_s_own_words(cast: Cast, client: Client) -> None:
    page = client.get(url(cast), {"add": "quote"}).content.decode()
    assert "In your own words" in page
    assert "In their own words" not in page
    label = page[page.index('<label for="id_text"') :].split("</label>")[0]
    assert 'class="sr"' in label, "the heading above says it already"


def test_a_row_is_taken_out(cast: Cast, client: Client) -> None:
    first = row(cast)
    client.post(url(cast, rest=f"{first.pk}/"), {"do": "archive", "version": first.version})
    assert first.text not in client.get(url(cast)).content.decode()


def test_a_criterion_is_edited_with_its_numbers(cast: Cast, client: Client) -> None:
    criterion = Criterion.objects.get()
    page = client.get(url(cast, "criteria"), {"edit": str(criterion.pk)})
    assert page.status_code == 200
    response = client.post(
        url(cast, "criteria", f"{criterion.pk}/"),
        {"title": criterion.title, "target": "98.2", "unit": "%", "weight": "must", "version": criterion.version},
    )
    assert response.status_code == 302
    criterion.refresh_from_db()
    assert str(criterion.target) == "98.2000"


def test_what_is_missing_to_measure_it_is_said(cast: Cast, client: Client) -> None:
    client.post(url(cast, "criteria"), {"title": "Fewer empty shelves", "weight": "must"})
    page = client.get(url(cast, "criteria")).content.decode()
    assert "Not yet measurable" in page
    assert "In which unit?" in page
    notice = page[page.index("Not yet measurable") :].split("</ul>")[0]
    assert notice.count('<li class="open">') > 3, "one line for each"
    assert "Nobody on the buying side owns it" in notice
    assert "our side" not in notice
    assert "the client" not in notice


@pytest.mark.slow
def test_a_yes_to_moving_on_is_among_what_was_agreed(cast: Cast, client: Client) -> None:
    today = f"/room/{cast.deal.room_id}/"
    assert "Nothing yet." in client.get(today).content.decode()
    question = ask(cast, move_to(cast, "Understand"))
    assert "Nothing yet." in client.get(today).content.decode()
    say(question)
    page = client.get(today).content.decode()
    assert "Nothing yet." not in page
    agreed = page[page.index("What we agreed so far") :]
    assert "Moving on to Understand" in agreed
    assert f"receipts/{question.consents.get().pk}/" in agreed


def test_a_comment_beside_a_row(cast: Cast, client: Client) -> None:
    response = client.post(url(cast, rest=f"{row(cast).pk}/"), {"do": "say", "body": "Since when?"})
    assert response.url.startswith(url(cast))
    assert "Since when?" in client.get(url(cast)).content.decode()


@pytest.mark.parametrize("body", ["", "x" * 5001, "a\x00b"])
def test_words_that_cannot_be_taken_stay_beside_their_row(cast: Cast, client: Client, body: str) -> None:
    sent = {"do": "say", "body": body, "disputes": "on"}
    response = client.post(url(cast, rest=f"{row(cast).pk}/"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'action="{url(cast, rest=f"{row(cast).pk}/")}" data-draft=' in page
    assert "How do you see it?" in page
    assert body.replace("\x00", "") in page or "\x00" in body
    assert not Comment.objects.exists()


@pytest.mark.slow
def test_a_partners_draft_names_who_reads_it(cast: Cast) -> None:
    sander = cast.let_in(cast.contact("Sander Bakke"), side="partner")
    client = client_of(sander.contact)
    page = client.post(url(cast), {"part": "impact", "text": "Our trucks wait.", "private": "on"}, follow=True)
    shown = page.content.decode()
    assert "Draft. Only you see this" in shown
    assert f"Only {cast.halvorsen.name}" not in shown
    assert "Our trucks wait." not in client_of(cast.ingrid.contact).get(url(cast)).content.decode()


@pytest.mark.slow
def test_a_partner_sees_the_sections_of_the_grant_only(cast: Cast) -> None:
    sander = cast.let_in(cast.contact("Sander Bakke"), side="partner", sections=["criteria"])
    client = client_of(sander.contact)
    today = client.get(f"/room/{cast.deal.room_id}/").content.decode()
    assert client.get(url(cast, "criteria")).status_code == 200
    assert client.get(url(cast)).status_code == 404
    assert client.post(url(cast), {"part": "causes", "text": "x"}).status_code == 404
    assert url(cast) not in today
    assert row(cast).text not in today
    change_participant(actor=cast.rep, participant_id=sander.pk, version=sander.version, sections=[], may_answer=True)
    assert client.get(url(cast, "criteria")).status_code == 404


@pytest.mark.parametrize("kind", ["nonsense", "deal", "problem/%00"])
def test_unknown_sections_are_not_there(cast: Cast, client: Client, kind: str) -> None:
    assert client.get(url(cast, kind)).status_code == 404


def test_ids_of_others_are_not_there(cast: Cast, client: Client) -> None:
    draft = add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": CANARY}, private=True)
    for row_id in (draft.pk, cast.deal.pk, Criterion.objects.get().pk):
        response = client.post(url(cast, rest=f"{row_id}/"), {"text": "x", "part": "causes", "version": 1})
        assert response.status_code == 404


@pytest.mark.slow
def test_canaries_of_the_selling_side_are_in_no_page(cast: Cast, client: Client) -> None:
    plant(cast)
    room = f"/room/{cast.deal.room_id}/"
    pages = [room, f"{room}people/", f"{room}kept/", *(url(cast, kind) for kind in ("problem", "criteria", "people"))]
    people: list[Participant] = [cast.ingrid, cast.let_in(cast.contact("Sander Bakke"), side="partner")]
    for person in people:
        reader = client_of(person.contact)
        for page in pages:
            response = reader.get(page)
            assert response.status_code == 200
            assert CANARY not in response.content.decode().lower(), page


def plant(cast: Cast) -> None:
    """Put the canary into everything that is internal to the selling side."""
    deal = cast.deal
    add_statement(actor=cast.rep, deal_id=deal.pk, values={"part": "causes", "text": CANARY}, private=True)
    first = row(cast)
    edit_statement(actor=cast.rep, statement_id=first.pk, version=first.version, values={"text": CANARY}, private=True)
    add_comment(actor=cast.rep, room_id=deal.room_id, body=CANARY, private=True)
    add_comment(actor=cast.rep, room_id=deal.room_id, body=CANARY, section="problem", subject_id=first.pk, private=True)
    stakeholder = add_stakeholder(
        actor=cast.rep, deal_id=deal.pk, values={"side": "buyer", "contact": cast.ingrid.contact_id}
    )
    assess_stakeholder(actor=cast.rep, stakeholder_id=stakeholder.pk, attitude="against", note=CANARY)
    add_stakeholder(actor=cast.rep, deal_id=deal.pk, values={"side": "buyer", "place": CANARY}, private=True)
    deal.amount_note, deal.ended_reason = CANARY, CANARY
    deal.save()
    Activity.objects.create(
        room=deal.room,
        type=ActivityType.NOTE,
        body=CANARY,
        at=now(),
        subject=CANARY,
        private_to="seller",
        created_at=now(),
        updated_at=now(),
        by_user=cast.maya,
        by_side="seller",
    )


@pytest.mark.slow
def test_a_form_that_is_sent_twice_is_taken_once(cast: Cast, client: Client) -> None:
    opened = client.get(url(cast), {"add": "causes"}).context["form"]
    sent = {"part": "causes", "text": "Shipments, not sales.", "once": opened["once"].value()}
    assert client.post(url(cast), sent | {"text": ""}).status_code == 422
    for _again in range(2):
        assert client.post(url(cast), sent).url.startswith(f"{url(cast)}?said=saved")
    assert ProblemStatement.objects.filter(part="causes").count() == 1
    beside = client.get(url(cast), {"say": str(row(cast).pk)}).context["say"]
    words = {"do": "say", "body": "Since March.", "once": beside["once"].value()}
    for _again in range(2):
        client.post(url(cast, rest=f"{row(cast).pk}/"), words)
    assert Comment.objects.filter(body="Since March.").count() == 1
    room = f"/room/{cast.deal.room_id}/words/"
    aside = {"body": "Hello.", "once": client.get(url(cast)).context["once"]}
    for _again in range(2):
        assert "said=sent" in client.post(room, aside).url
    client.post(room, {"body": "Hello.", "once": client.get(room).context["form"]["once"].value()})
    assert Comment.objects.filter(body="Hello.").count() == 2, "the same words from a new form are said again"
