"""The room's pages over HTTP: who gets in, answering from the mail to the receipt, and what never changes anything."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from crm.actions.participant import invite_contact, revoke_participant
from crm.actions.question import ask_for_consent
from crm.actions.recorded_consent import Testimony, record_consent
from crm.clock import now
from crm.events.deliver import deliver_owed
from crm.models import Answer, Consent, Event, Invitation, LedgerEntry, Question, RoomSession, SignInCode
from crm.queries.sign_in import access_log, reader_mark
from deals.actions.problem import add_statement
from deals.actions.stage_move import propose_move
from deals.models import Stage
from tests.cast import Cast
from tests.crm.actions.test_consent import say
from tests.crm.pdf.test_receipt import words_of
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    return cast


def ask(cast: Cast) -> Question:
    return ask_for_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem()],
        sentence="Does this describe your problem as it is today?",
        benefit="A page on what waste costs you, ready for your board.",
    )


def room_url(cast: Cast, rest: str = "") -> str:
    return f"/room/{cast.deal.room_id}/{rest}"


def shown_hash(page: str) -> str:
    return re.search(r'name="shown_hash" value="(\w{64})"', page).group(1)


class TestDoor:
    @pytest.mark.slow
    def test_from_the_mail_to_the_room(self, cast: Cast, client: Client, django_capture_on_commit_callbacks) -> None:
        contact = cast.contact("Aisha Karim")
        with django_capture_on_commit_callbacks(execute=True):
            invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
        link = re.search(r"/room/invitation/\S+", mail.outbox[0].body).group()
        page = client.get(link)
        assert "Send me a code" in page.content.decode()
        assert "a•••••@halvorsen.example" in page.content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(link)
        code = re.search(r"^(\w{4}-\w{4})$", mail.outbox[1].body, re.M).group()
        assert client.get(response.url).status_code == 200
        wrong = client.post(response.url, {"code": "AAAA-AAAA", "next": room_url(cast)})
        assert wrong.status_code == 302, "going back in the browser meets no form that was sent"
        for _looked in range(2):
            html = client.get(wrong.url).content.decode()
            assert "4 tries left" in html
            assert room_url(cast) in html
            assert contact.email not in wrong.url
        empty = client.post(response.url, {"code": " "}, follow=True)
        assert "Type the eight letters and digits" in empty.content.decode()
        response = client.post(response.url, {"code": code.lower(), "next": room_url(cast)}, follow=True)
        assert "What waits for you" in response.content.decode()
        assert response.redirect_chain[0][0] == room_url(cast)
        assert "Go in" in client.get(link).content.decode()

    def test_a_cookie_that_scripts_cannot_read(self, cast: Cast, client: Client) -> None:
        response = client.post("/room/door/", {"email": "x@halvorsen.example"})
        cookie = response.cookies["cg_browser"]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")

    def test_a_link_that_a_newer_one_replaced_says_so_and_leads_on(
        self, cast: Cast, client: Client, django_capture_on_commit_callbacks
    ) -> None:
        contact = cast.contact("Aisha Karim")
        for _turn in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
        older = re.search(r"/room/invitation/\S+", mail.outbox[0].body).group()
        page = client.get(older).content.decode()
        assert "A newer mail has the link that works" in page
        assert "Send me a code" not in page, "nothing would come"
        door = re.search(r'href="(/room/door/\?next=\S+?)"', page).group(1)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(door, {"email": contact.email})
        assert mail.outbox[-1].subject.startswith("Your code")

    @pytest.mark.slow
    def test_each_state_of_an_invitation_says_what_it_is_and_how_to_go_on(
        self, cast: Cast, client: Client, django_capture_on_commit_callbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            grant = invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=cast.contact("Aisha Karim").pk)
        link = re.search(r"/room/invitation/\S+", mail.outbox[0].body).group()

        def page() -> str:
            return client.get(link).content.decode()

        assert "Send me a code" in page()
        before = page().partition("Already at this table")[2]
        assert cast.maya.name in before
        assert "Aisha Karim<span" not in before, "nobody is there before they came"
        assert "Invited, not here yet" in client_of(cast.ingrid.contact).get(room_url(cast, "people/")).text
        Invitation.objects.update(expires_at=now() - timedelta(days=1))
        assert "This invitation has ended" in page()
        assert "Send me a new link" in page()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(link, {"ask": "link"})
        assert "A newer mail has the link that works" in page()
        assert "/room/invitation/" in mail.outbox[-1].body
        revoke_participant(actor=cast.rep, participant_id=grant.pk)
        assert "This link opens nothing any more." in page()
        assert "Ask for my copy" not in page()
        type(grant).objects.filter(pk=grant.pk).update(joined_at=now(), revoked_at=None)
        assert "You have been here before" in page()
        assert "Send me a code" in page()
        revoke_participant(actor=cast.rep, participant_id=grant.pk)
        assert "This invitation was taken back" in page()
        assert "invited you, Aisha Karim" in page()
        assert f"mailto:{cast.maya.email}?subject=A%20copy%20of%20what%20I%20agreed%20and%20wrote" in page()
        assert "the wrong person" not in page()
        assert "<form" not in page().partition("<main")[2].partition("</main")[0]

    @pytest.mark.slow
    def test_whoever_comes_from_a_mail_need_not_type_the_address(
        self, cast: Cast, client: Client, django_capture_on_commit_callbacks
    ) -> None:
        question = ask_for_consent(
            actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], sentence="Is it?", benefit="A page."
        )
        deliver_owed()
        link = re.search(r"http://\S+?(/room/\S+/answer/\?to=\S+)", mail.outbox[0].body).group(1)
        to_door = client.get(link)
        page = client.get(to_door.url).content.decode()
        assert "i•••••@halvorsen.example" in page
        assert cast.ingrid.contact.email not in page + to_door.url + link
        assert 'name="email"' not in page
        sent = {
            "to": re.search(r'name="to" value="([^"]+)"', page).group(1),
            "next": re.findall(r'name="next" value="([^"]+)"', page)[0],
        }
        with django_capture_on_commit_callbacks(execute=True):
            to_code = client.post("/room/door/", sent)
        assert mail.outbox[1].to == [cast.ingrid.contact.email]
        assert cast.ingrid.contact.email not in to_code.url
        with django_capture_on_commit_callbacks(execute=True):
            again = client.post("/room/door/", {"again": "on", "next": sent["next"]})
        assert again.url == to_code.url
        assert mail.outbox[2].to == [cast.ingrid.contact.email]
        code = re.search(r"^(\w{4}-\w{4})$", mail.outbox[2].body, re.M).group()
        inside = client.post(again.url, {"code": code, "next": sent["next"]})
        assert inside.url == f"/room/{cast.deal.room_id}/questions/{question.pk}/answer/"

    def test_a_link_that_names_nobody_leaves_the_door_as_it_is(self, cast: Cast, client: Client) -> None:
        revoked = cast.let_in(cast.contact("Aisha Karim"))
        revoke_participant(actor=cast.rep, participant_id=revoked.pk)
        mark = reader_mark(revoked.contact)
        for wrong in (mark, mark[:-1], "", "\x00", "x" * 5000):
            assert 'name="email"' in client.get("/room/door/", {"to": wrong}).content.decode()
            before = len(mail.outbox)
            assert client.post("/room/door/", {"to": wrong}).status_code in (302, 422)
            assert len(mail.outbox) == before

    def test_another_code_looks_the_same_for_an_address_nobody_knows(
        self, cast: Cast, client: Client, django_capture_on_commit_callbacks
    ) -> None:
        nobody = client.post("/room/door/", {"again": "on"})
        assert nobody.status_code == 422
        assert "No code was asked for here" in nobody.content.decode()
        known, unknown = Client(), Client()
        with django_capture_on_commit_callbacks(execute=True):
            for browser, email in ((known, cast.ingrid.contact.email), (unknown, "i-nobody@halvorsen.example")):
                browser.post("/room/door/", {"email": email})
            pages = [browser.post("/room/door/", {"again": "on"}, follow=True) for browser in (known, unknown)]
        texts = [re.sub(r"\w{64}|nonce=\S+", "", page.content.decode()) for page in pages]
        assert texts[0] == texts[1]
        assert "Use another address" in texts[0]
        assert [one.to for one in mail.outbox] == [[cast.ingrid.contact.email]] * 2

    def test_unknown_links_lead_to_the_door(self, client: Client, db: None) -> None:
        response = client.get("/room/invitation/nothing/")
        assert response.status_code == 404
        assert "Send me a code" in response.content.decode()

    @pytest.mark.parametrize("next_url", ["https://evil.example/room/", "//evil.example/room/", "/deals/"])
    def test_nobody_is_led_away(self, cast: Cast, client: Client, next_url: str) -> None:
        response = client.post("/room/door/", {"email": "x@halvorsen.example", "next": next_url})
        assert response.url == "/room/code/"

    def test_words_sent_after_the_session_ended_can_be_copied(self, cast: Cast, client: Client) -> None:
        response = client.post(room_url(cast, "words/"), {"body": "I doubt the number for March."})
        assert response.status_code == 403
        assert "I doubt the number for March." in response.content.decode()


class TestAccess:
    PAGES = ("", "people/", "kept/")

    def test_the_stranger_is_led_to_the_door(self, cast: Cast, client: Client) -> None:
        for page in self.PAGES:
            assert client.get(room_url(cast, page)).url.startswith("/room/door/?next=")

    def test_a_staff_session_opens_no_room(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.maya)
        assert client.get(room_url(cast)).url.startswith("/room/door/")

    def test_a_buyer_of_another_room_finds_nothing(self, cast: Cast) -> None:
        from deals.actions.deal import open_deal

        elsewhere = open_deal(actor=cast.rep, title="Another", organization_id=cast.halvorsen.pk)
        outsider = cast.let_in(cast.contact("Olga Out"), room=elsewhere.room)
        client = client_of(outsider.contact)
        assert client.get(f"/room/{elsewhere.room_id}/").status_code == 200
        for page in self.PAGES:
            assert client.get(room_url(cast, page)).status_code == 404

    def test_revoking_ends_reach_at_once(self, cast: Cast) -> None:
        client = client_of(cast.ingrid.contact)
        assert client.get(room_url(cast)).status_code == 200
        revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
        assert client.get(room_url(cast)).status_code == 403

    def test_posts_need_the_token_of_the_page(self, cast: Cast) -> None:
        question = ask(cast)
        client = client_of(cast.ingrid.contact, enforce_csrf_checks=True)
        response = client.post(room_url(cast, f"questions/{question.pk}/answer/"), {"answer": "agreed"})
        assert response.status_code == 403
        assert question.consents.get().answer == Answer.ASKED


class TestAnswer:
    @pytest.mark.slow
    def test_the_whole_way(self, cast: Cast) -> None:
        question, client = ask(cast), client_of(cast.ingrid.contact)
        page = client.get(room_url(cast)).content.decode()
        assert "Does this describe your problem" in page
        assert "A page on what waste costs you" in page
        url = room_url(cast, f"questions/{question.pk}/answer/")
        sent = {"answer": "agreed", "shown_hash": shown_hash(page)}
        done = client.post(url, sent, follow=True).content.decode()
        assert "You agreed" in done
        assert client.post(url, sent).status_code == 302
        consent = Consent.objects.get()
        assert consent.answer == Answer.AGREED
        assert LedgerEntry.objects.filter(type="answered").count() == 1
        receipt = client.get(room_url(cast, f"receipts/{consent.pk}/")).content.decode()
        assert consent.content_hash in receipt
        assert "“I agree”" in receipt
        copy = client.get(room_url(cast, f"receipts/{consent.pk}/?download=1"))
        assert "attachment" in copy["Content-Disposition"]
        assert "Planners forecast by hand" in words_of(copy.content)
        client.post(room_url(cast, f"receipts/{consent.pk}/withdraw/"))
        assert Consent.objects.get().answer == Answer.WITHDRAWN

    @pytest.mark.slow
    def test_both_sides_read_who_came_in_and_what_was_answered(self, cast: Cast) -> None:
        say(cast, ask(cast), "declined", note="Not before June.")
        told = [(str(one.sentence), one.said) for one in access_log(cast.rep, cast.deal.room_id)]
        assert told == [("Ingrid Solberg said no to the problem, revision 1", "Not before June.")]
        page = client_of(cast.daniel.contact).get(room_url(cast, "people/")).content.decode()
        assert "Ingrid Solberg said no to the problem" in page
        assert "Not before June." in page

    @pytest.mark.slow
    def test_one_question_about_words_and_a_step_says_what_follows_for_both(self, cast: Cast) -> None:
        understand = Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Understand")
        move = propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=understand.pk)
        ask_for_consent(
            actor=cast.rep,
            asked_of=cast.ingrid.pk,
            subjects=[cast.problem(), move],
            sentence="Is this our problem, and shall we go on?",
            benefit="A page on what waste costs you.",
            useful_by="your board of 3 June",
        )
        client = client_of(cast.ingrid.contact)
        url = room_url(cast, f"questions/{Question.objects.get().pk}/answer/")
        page = client.get(url).content.decode()
        assert "An answer is useful by: your board of 3 June." in page
        sent = {"answer": "agreed", "shown_hash": shown_hash(page)}
        done = client.post(url, sent, follow=True).content.decode()
        assert "Our problem" in done
        assert "Moving on to Understand" in done
        assert "stands as you agreed to it" in done
        assert "We have gone on to “Understand”" in done

    @pytest.mark.slow
    def test_a_change_needs_words_and_keeps_them(self, cast: Cast) -> None:
        question, client = ask(cast), client_of(cast.ingrid.contact)
        url = room_url(cast, f"questions/{question.pk}/answer/")
        page = client.get(url, {"open": "change"}).content.decode()
        sent = {"answer": "change", "shown_hash": shown_hash(page), "note": ""}
        response = client.post(url, sent)
        assert response.status_code == 422
        assert "Write something here." in response.content.decode()
        long = client.post(url, sent | {"note": "a long word " * 1000})
        assert long.status_code == 422
        assert "a long word a long word" in long.content.decode()
        client.post(url, sent | {"note": "Weekly, not by hand."})
        assert Consent.objects.get().note == "Weekly, not by hand."

    @pytest.mark.slow
    def test_words_that_changed_meanwhile(self, cast: Cast) -> None:
        question, client = ask(cast), client_of(cast.ingrid.contact)
        url = room_url(cast, f"questions/{question.pk}/answer/")
        shown = shown_hash(client.get(url).content.decode())
        add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "Shipments, not sales."})
        page = client.get(room_url(cast)).content.decode()
        assert "The words have changed since you were asked." in page
        assert "shown_hash" not in page
        done = client.post(url, {"answer": "agreed", "shown_hash": shown}, follow=True)
        assert "Nothing was recorded" in done.content.decode()
        assert Consent.objects.get().answer == Answer.REPLACED

    @pytest.mark.slow
    def test_what_changed_since_the_last_yes_is_shown_word_by_word(self, cast: Cast) -> None:
        client = client_of(cast.ingrid.contact)
        question = ask(cast)
        url = room_url(cast, f"questions/{question.pk}/answer/")
        client.post(url, {"answer": "agreed", "shown_hash": shown_hash(client.get(url).content.decode())})
        add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "Shipments, not sales."})
        ask(cast)
        page = client.get(room_url(cast)).content.decode()
        assert "You agreed to revision 1" in page
        assert "<ins>Shipments, not sales.</ins>" in page

    def test_nobody_answers_for_another(self, cast: Cast) -> None:
        question = ask(cast)
        client = client_of(cast.daniel.contact)
        url = room_url(cast, f"questions/{question.pk}/answer/")
        assert "Only Ingrid Solberg can answer it" in client.get(url).content.decode()
        assert client.post(url, {"answer": "agreed", "shown_hash": "0" * 64}).status_code == 403

    @pytest.mark.parametrize("answer", ["", "maybe", "\x00", "ü" * 300])
    def test_odd_answers_are_refused(self, cast: Cast, answer: str) -> None:
        question, client = ask(cast), client_of(cast.ingrid.contact)
        url = room_url(cast, f"questions/{question.pk}/answer/")
        assert client.post(url, {"answer": answer, "shown_hash": "x"}).status_code == 422
        assert Consent.objects.get().answer == Answer.ASKED


@pytest.mark.slow
def test_opening_mailed_links_changes_nothing(cast: Cast, django_capture_on_commit_callbacks) -> None:
    contact = cast.contact("Aisha Karim")
    with django_capture_on_commit_callbacks(execute=True):
        invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
    link = re.search(r"/room/invitation/\S+", mail.outbox[0].body).group()
    question = ask(cast)
    pages = [link, room_url(cast), room_url(cast, f"questions/{question.pk}/answer/?answer=agreed&open=declined")]
    models = (Invitation, SignInCode, RoomSession, Event, Question, Consent, LedgerEntry)
    client = client_of(cast.ingrid.contact)

    def state() -> list[list[dict]]:
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = state()
    for page in pages:
        client.get(page)
        client.head(page)
        client.get(page, headers={"Sec-Purpose": "prefetch"})
        Client().get(page)
    assert state() == before


def test_a_comment_is_said_to_everybody(cast: Cast) -> None:
    client = client_of(cast.ingrid.contact)
    response = client.post(room_url(cast, "words/"), {"body": "A doubt: March looks too low."}, follow=True)
    assert "A doubt: March looks too low." in response.content.decode()
    assert client.post(room_url(cast, "words/"), {"body": ""}).status_code == 422


@pytest.mark.slow
def test_what_is_kept_is_shown(cast: Cast) -> None:
    ask(cast)
    client = client_of(cast.ingrid.contact)
    page = client.get(room_url(cast, "kept/")).content.decode()
    assert "Does this describe your problem" in page
    assert "this browser" in page
    session = RoomSession.objects.get()
    client.post(room_url(cast, f"kept/{session.pk}/end/"))
    assert client.get(room_url(cast)).status_code == 302


@pytest.mark.slow
def test_one_word_about_a_record_covers_what_is_left_of_it(cast: Cast) -> None:
    cast.write_problem()
    cast.write_criterion()
    said = Testimony("agreed", "Yes, both.", "phone", now() - timedelta(hours=1))
    question = record_consent(
        actor=cast.rep,
        asked_of=cast.ingrid.pk,
        subjects=[cast.problem(), cast.criteria()],
        sentence="Is this right?",
        testimony=said,
    )
    first = question.consents.order_by("subject_id").first()
    client = client_of(cast.ingrid.contact)
    client.post(room_url(cast, f"receipts/{first.pk}/contest/"))
    for _sent_twice in range(2):
        assert client.post(room_url(cast, f"questions/{question.pk}/contest/")).status_code == 302
    assert set(question.consents.values_list("answer", flat=True)) == {"contested"}
