"""Threads beside a row: answers, people named with an @, what is seen differently, and the trace of what is settled."""

from datetime import timedelta

import pytest
from django.core import mail

from crm.actions.comment import add_comment, archive_comment, change_comment, reopen_comment, resolve_comment
from crm.actions.room import add_member
from crm.actors import Actor, as_participant, as_user
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.events.deliver import deliver_owed
from crm.models import Comment, Event
from crm.queries.comment import people_to_name, threads_of
from deals.actions.problem import add_statement, archive_statement
from deals.models import ProblemStatement
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(told: Cast) -> Cast:
    assert told.daniel.is_active
    return told


def say(cast: Cast, actor: Actor | None = None, body: str = "Since when?", **fields: object) -> Comment:
    row = ProblemStatement.objects.get()
    where = {} if "reply_to" in fields else {"section": "problem", "subject_id": row.pk}
    return add_comment(actor=actor or cast.buyer, room_id=cast.deal.room_id, body=body, **where, **fields)


def partner(cast: Cast, **fields: object) -> Actor:
    return as_participant(cast.let_in(cast.contact("Sander Bakke"), side="partner", **fields))


def mailed() -> list[str]:
    mail.outbox.clear()
    deliver_owed()
    return sorted(one.to[0] for one in mail.outbox)


class TestThreads:
    def test_an_answer_stands_where_its_thread_stands(self, cast: Cast) -> None:
        first = say(cast)
        answer = say(cast, cast.rep, "Since March.", reply_to=first.pk)
        again = say(cast, body="Thank you.", reply_to=answer.pk)
        assert (answer.section, answer.subject_id, answer.reply_to) == ("problem", first.subject_id, first)
        assert again.reply_to == first
        (thread,) = threads_of(Comment.objects.order_by("created_at"))
        assert [one.body for one in thread.replies] == ["Since March.", "Thank you."]

    def test_settled_with_a_trace_and_opened_again_by_an_answer(self, cast: Cast) -> None:
        first = say(cast)
        settled = resolve_comment(actor=cast.rep, comment_id=first.pk, version=1)
        assert (settled.resolved_by_name, settled.resolved_at is not None) == ("Maya Okafor", True)
        with pytest.raises(Stale):
            resolve_comment(actor=cast.rep, comment_id=first.pk, version=1)
        say(cast, body="Not quite.", reply_to=first.pk)
        first.refresh_from_db()
        assert first.resolved_at is None
        assert Event.objects.filter(type__in=("comment.resolved", "comment.reopened")).count() == 2

    def test_an_answer_settles_its_thread(self, cast: Cast) -> None:
        first = say(cast)
        answer = say(cast, cast.rep, "Since March.", reply_to=first.pk)
        with pytest.raises(Stale):
            resolve_comment(actor=cast.rep, comment_id=answer.pk, version=7)
        assert resolve_comment(actor=cast.rep, comment_id=answer.pk, version=1) == first
        first.refresh_from_db()
        assert first.resolved_by_name == "Maya Okafor"
        assert reopen_comment(actor=cast.buyer, comment_id=answer.pk, version=1).resolved_at is None

    def test_an_answer_to_what_is_seen_differently_does_not_settle_it_for_the_other_side(self, cast: Cast) -> None:
        dispute = say(cast, disputes=True)
        answer = say(cast, cast.rep, "No, once.", reply_to=dispute.pk)
        with pytest.raises(NotAllowed):
            resolve_comment(actor=cast.rep, comment_id=answer.pk, version=1)

    @pytest.mark.slow
    def test_taking_the_first_away_leaves_the_answers_of_others(self, cast: Cast, client) -> None:
        first = say(cast, cast.rep, "Was it WRONGWORDS?", disputes=True)
        answer = say(cast, body="Since March.", reply_to=first.pk)
        archive_comment(actor=cast.rep, comment_id=first.pk, version=1)
        client.force_login(cast.maya)
        page = client.get(f"/deals/{cast.deal.pk}/problem/").content.decode()
        assert "Since March." in page
        assert "Taken away by whoever wrote it." in page
        assert "WRONGWORDS" not in page
        assert "seen differently" not in page
        archive_comment(actor=cast.buyer, comment_id=answer.pk, version=1)
        assert not Comment.objects.visible_to(cast.rep).exists()

    def test_what_is_not_to_be_seen_is_not_answered_or_settled(self, cast: Cast) -> None:
        private = say(cast, cast.rep, private=True)
        for actor in (cast.buyer, as_user(cast.stranger)):
            with pytest.raises((Invalid, NotFound)):
                say(cast, actor, reply_to=private.pk)
            with pytest.raises(NotFound):
                resolve_comment(actor=actor, comment_id=private.pk, version=1)
        with pytest.raises(NotAllowed):
            resolve_comment(actor=as_user(cast.colleague), comment_id=private.pk, version=1)

    def test_words_about_a_draft_stay_with_the_side_that_sees_it(self, cast: Cast, client) -> None:
        draft = add_statement(
            actor=cast.rep, deal_id=cast.deal.pk, values={"part": "causes", "text": "Ours."}, private=True
        )
        about = {"room_id": cast.deal.room_id, "section": "problem", "subject_id": draft.pk}
        said = add_comment(actor=cast.rep, body="Too much, @Ingrid?", **about)
        assert (said.private_to, said.mentioned) == ("seller", [])
        assert not Comment.objects.visible_to(cast.buyer).exists()
        with pytest.raises(Invalid):
            add_comment(actor=cast.rep, body="Otherwise.", disputes=True, **about)
        client.force_login(cast.maya)
        page = client.get(f"/deals/{cast.deal.pk}/problem/", {"comment": str(draft.pk)}).content.decode()
        assert 'name="private" value="on"' in page
        assert "Say it to everybody" not in page
        assert "We see this differently" not in page

    def test_an_answer_to_a_private_thread_stays_private(self, cast: Cast) -> None:
        private = say(cast, cast.rep, private=True)
        assert say(cast, cast.rep, "Yes.", reply_to=private.pk).private_to == "seller"


class TestDisputes:
    def test_only_the_side_that_sees_it_differently_settles_it(self, cast: Cast) -> None:
        dispute = say(cast, disputes=True)
        with pytest.raises(NotAllowed):
            resolve_comment(actor=cast.rep, comment_id=dispute.pk, version=1)
        assert not resolve_comment(actor=as_participant(cast.daniel), comment_id=dispute.pk, version=1).is_open_dispute
        assert reopen_comment(actor=cast.rep, comment_id=dispute.pk, version=2).is_open_dispute

    def test_it_is_about_a_row_and_for_everybody(self, cast: Cast) -> None:
        first = say(cast)
        for fields in ({"private": True}, {"reply_to": first.pk}):
            with pytest.raises(Invalid):
                say(cast, disputes=True, **fields)
        with pytest.raises(Invalid):
            add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body="All of it", disputes=True)

    @pytest.mark.slow
    def test_both_sides_see_it_at_the_top_of_the_page(self, cast: Cast, client) -> None:
        dispute = say(cast, body="It is twice a week.", disputes=True)
        client.force_login(cast.maya)
        room = client_of(cast.daniel.contact)
        pages = {
            client: f"/deals/{cast.deal.pk}/problem/",
            room: f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/problem/",
        }
        for reader, url in pages.items():
            page = reader.get(url).content.decode()
            assert "One thing is seen differently" in page
            assert f"#comment-{dispute.pk}" in page
            assert ("Mark as settled" in page) is (reader is room), "nobody is offered what is refused"
            assert ("Ingrid Solberg or a colleague says when this is settled." in page) is (reader is client)
        done = room.post(
            f"/room/{cast.deal.room_id}/comments/{dispute.pk}/resolve/", {"version": 1, "next": pages[room]}
        )
        assert done.url.startswith(pages[room])
        for reader, url in pages.items():
            page = reader.get(url).content.decode()
            assert "One thing is seen differently" not in page
            assert "Settled, said Daniel Reyes" in page

    @pytest.mark.slow
    def test_it_stays_readable_and_can_be_settled_when_its_row_is_taken_out(self, cast: Cast, client) -> None:
        theirs, ours = say(cast, body="Twice a week.", disputes=True), say(cast, cast.rep, "Never.", disputes=True)
        archive_statement(actor=cast.rep, statement_id=theirs.subject_id, version=1)
        client.force_login(cast.maya)
        room, deal = client_of(cast.ingrid.contact), f"/deals/{cast.deal.pk}/problem/"
        readers = [
            (
                room,
                f"/room/{cast.deal.room_id}{deal}",
                f"/room/{cast.deal.room_id}/comments/{{}}/resolve/",
                theirs,
                ours,
            ),
            (client, deal, "/comments/{}/resolve/", ours, theirs),
        ]
        for reader, url, settle, own, other in readers:
            page = reader.get(url).content.decode()
            assert "What this was about has been taken out." in page
            assert all(said.body in page for said in (own, other) if not said.resolved_at)
            assert settle.format(other.pk) not in page
            assert settle.format(own.pk) in page
            assert reader.post(settle.format(own.pk), {"version": 1, "next": url}).url.startswith(url)
            assert settle.format(own.pk) not in reader.get(url).content.decode()
            own.refresh_from_db()


class TestMentions:
    def test_who_can_be_named_is_who_reads_it(self, cast: Cast) -> None:
        partner(cast, sections=["criteria"])
        cast.let_in(cast.contact("Jonas Weber"))
        add_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=cast.jonas.pk)
        room = cast.deal.room
        assert people_to_name(cast.buyer, room) == ["Daniel Reyes", "Maya Okafor", "Sander Bakke"]
        assert people_to_name(cast.buyer, room, "problem") == ["Daniel Reyes", "Maya Okafor"]
        assert people_to_name(cast.rep, room, "problem") == ["Daniel Reyes", "Ingrid Solberg"]

    def test_who_is_named_is_told_and_nobody_else(self, cast: Cast) -> None:
        mailed()
        say(cast, body="@Daniel and @Maya Okafor, is that so?")
        assert mailed() == sorted([cast.daniel.contact.email, cast.maya.email])

    def test_they_are_told_although_the_row_is_taken_out_first(self, cast: Cast) -> None:
        mailed()
        say(cast, body="@Maya, is that so?")
        say(cast, cast.rep, body="@Daniel, is it?")
        row = ProblemStatement.objects.get()
        archive_statement(actor=cast.rep, statement_id=row.pk, version=row.version)
        assert mailed() == sorted([cast.daniel.contact.email, cast.maya.email])
        assert all(f"/deals/{cast.deal.pk}/problem/" in one.body for one in mail.outbox)

    def test_only_the_mail_that_failed_is_sent_again(self, cast: Cast, monkeypatch) -> None:
        mailed()
        tried: list[str] = []

        def fails_for_maya(message: mail.EmailMultiAlternatives) -> None:
            tried.append(message.to[0])
            if message.to[0] == cast.maya.email and tried.count(cast.maya.email) == 1:
                raise OSError("down")

        monkeypatch.setattr(mail.EmailMultiAlternatives, "send", fails_for_maya)
        say(cast, body="@Daniel and @Maya Okafor, is that so?")
        deliver_owed()
        with frozen(now() + timedelta(hours=1)):
            deliver_owed()
        assert sorted(tried) == sorted([cast.daniel.contact.email, cast.maya.email, cast.maya.email])

    def test_nobody_is_told_of_what_they_do_not_see(self, cast: Cast) -> None:
        partner(cast, sections=["criteria"])
        add_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=cast.tomas.pk)
        mailed()
        assert say(cast, body="@Sander?").mentioned == []
        assert say(cast, cast.rep, body="@Daniel, @Tomás?", private=True).mentioned == [cast.tomas.pk]
        assert say(cast, body="@Maya, @Daniel?", private=True).mentioned == [cast.daniel.pk]
        assert mailed() == sorted([cast.daniel.contact.email, cast.tomas.email])

    def test_switched_off_it_is_not_mailed(self, cast: Cast) -> None:
        cast.daniel.contact.mails_off = ["mention"]
        cast.daniel.contact.save()
        mailed()
        say(cast, body="@Daniel?")
        assert mailed() == []

    def test_whoever_writes_is_not_told_of_themselves(self, cast: Cast) -> None:
        mailed()
        say(cast, body="I mean me, @Ingrid.")
        assert mailed() == []

    def test_a_changed_comment_names_anew(self, cast: Cast) -> None:
        comment = say(cast)
        changed = change_comment(actor=cast.buyer, comment_id=comment.pk, version=1, body="@Daniel?")
        assert changed.mentioned == [cast.daniel.pk]


@pytest.mark.slow
def test_in_the_room_a_guest_answers_and_sees_it_differently(cast: Cast) -> None:
    first, client = say(cast, cast.rep, "Every Monday?"), client_of(cast.ingrid.contact)
    page = f"/room/{cast.deal.room_id}/deals/{cast.deal.pk}/problem/"
    row = f"{page}{first.subject_id}/"
    client.post(row, {"do": "say", "body": "Yes.", "reply_to": str(first.pk)})
    assert Comment.objects.get(body="Yes.").reply_to == first
    form = client.get(page, {"differ": str(first.subject_id)}).content.decode()
    assert "How do you see it?" in form
    client.post(row, {"do": "say", "body": "Twice.", "disputes": "on"})
    assert Comment.objects.get(body="Twice.").is_dispute
    words = f"/room/{cast.deal.room_id}/words/"
    for bad in ({"reply_to": "x"}, {"body": ""}, {"body": "a\x00b"}, {"reply_to": str(cast.deal.pk)}):
        assert client.post(row, {"do": "say", "body": "Twice.", **bad}).status_code == 422
        assert client.post(words, {"body": "Twice.", **bad}).status_code == 422
    assert client.post(f"/room/{cast.deal.room_id}/comments/{first.pk}/nonsense/", {"version": 1}).status_code == 404
