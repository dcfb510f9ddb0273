"""Open streams over the real server: who is told what, what is never told, how they end, and how they go on."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from crm.actions.participant import change_participant, revoke_participant
from crm.actions.sign_in import end_session, sign_out
from crm.actions.user import deactivate_user
from crm.actions.writing import say_writing
from crm.actors import as_participant, as_user
from crm.events import hub, stream
from crm.models import Event, RoomSession, Side
from deals.actions.criterion import add_criterion
from deals.actions.deal import open_deal
from tests.cast import MEASURABLE, Cast
from tests.crm.events.listening import room_cookie, run_relay_once, staff_cookie, write
from tests.serving import Listener, serving

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = 1.0
BUSY = 10 * SECOND
"""What is to happen within a second is waited for this long: tests run beside others, on machines that are busy."""


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    cast.write_problem()
    cast.ingrid  # noqa: B018  (in the room before anybody listens)
    run_relay_once()
    return cast


@pytest.fixture
def site(empty_redis) -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def listen(site: str) -> Iterator[Callable[..., Listener]]:
    """Give the function that opens a stream: of a user for staff pages, of a participant for the room."""
    listeners: list[Listener] = []

    def listen(person, since: int | None = None, cookie: dict[str, str] | None = None) -> Listener:
        is_guest = hasattr(person, "contact")
        cookie = cookie or (room_cookie(person.contact) if is_guest else staff_cookie(person))
        listeners.append(Listener(site, "/room/live/" if is_guest else "/live/", cookie, since))
        return listeners[-1]

    yield listen
    for listener in listeners:
        listener.leave()


class TestTold:
    """Who is told what."""

    def test_both_sides_at_once_and_again_with_a_place_in_the_feed(self, cast: Cast, listen) -> None:
        buyer, seller = listen(cast.ingrid).is_open(), listen(cast.maya).is_open()
        row = write(cast)
        for listener in (buyer, seller):
            told = listener.next("change", BUSY)
            assert told.id == ""
            assert told.data == {
                "id": str(Event.objects.get(subject_id=row.pk).pk),
                "type": "problemstatement.added",
                "room": str(cast.deal.room_id),
                "subject": str(row.pk),
                "section": "problem",
                "by": str(cast.maya.pk),
            }
        run_relay_once()
        position = Event.objects.get(subject_id=row.pk).feed.position
        for listener in (buyer, seller):
            while (told := listener.next("change", BUSY)).id != str(position):
                pass
            assert told.data["subject"] == str(row.pk)

    @pytest.mark.slow
    def test_a_side_s_drafts_are_its_own(self, cast: Cast, listen) -> None:
        partner = cast.let_in(cast.contact("Paula Partner"), side=Side.PARTNER)
        streams = {name: listen(who).is_open() for name, who in
                   {"buyer": cast.ingrid, "seller": cast.maya, "partner": partner}.items()}  # fmt: skip
        drafts = {
            "seller": write(cast, "CANARY one", private=True),
            "buyer": add_criterion(
                actor=cast.buyer, deal_id=cast.deal.pk, values=MEASURABLE | {"title": "CANARY two"}, private=True
            ),
        }
        shared = write(cast, "For everybody.")
        run_relay_once()
        for listener in streams.values():
            while listener.next("change", BUSY).data["subject"] != str(shared.pk) or not listener.last_id:
                pass
        for side, draft in drafts.items():
            event = Event.objects.get(subject_id=draft.pk)
            for name, listener in streams.items():
                assert (str(draft.pk) in listener.text) is (name == side), f"{side}'s draft, {name}'s stream"
                assert (str(event.pk) in listener.text) is (name == side)
        assert not any("CANARY" in listener.text for listener in streams.values())

    @pytest.mark.slow
    def test_a_limited_grant_and_other_rooms(self, cast: Cast, listen) -> None:
        lawyer = cast.let_in(cast.contact("Legal Lars"), sections=["criteria"])
        elsewhere = open_deal(actor=as_user(cast.stranger), title="Beds", organization_id=cast.halvorsen.pk)
        limited, stranger = listen(lawyer).is_open(), listen(cast.stranger).is_open()
        write(cast)
        cast.write_criterion()
        assert limited.next("change", BUSY).data["section"] == "criteria"
        assert "problem" not in limited.text
        assert stranger.nothing("change")
        change_participant(
            actor=cast.rep, participant_id=lawyer.pk, version=lawyer.version, sections=None, may_answer=True
        )
        assert limited.next("change", BUSY).data["type"] == "participant.changed"
        assert stranger.nothing("change")
        write(cast)
        assert limited.next("change", BUSY).data["section"] == "problem"
        assert str(elsewhere.room_id) not in limited.text

    @pytest.mark.slow
    def test_somebody_let_into_another_room_hears_of_it_on_the_same_stream(self, cast: Cast, listen) -> None:
        buyer = listen(cast.ingrid).is_open()
        beds = open_deal(actor=as_user(cast.stranger), title="Beds", organization_id=cast.halvorsen.pk)
        from crm.actions.participant import invite_contact

        invite_contact(actor=as_user(cast.stranger), room_id=beds.room_id, contact_id=cast.ingrid.contact_id)
        while buyer.next("change", BUSY).data["room"] != str(beds.room_id):
            pass

    @pytest.mark.slow
    def test_who_writes(self, cast: Cast, listen) -> None:
        lawyer = cast.let_in(cast.contact("Legal Lars"), sections=["criteria"])
        seller, buyer, limited = listen(cast.maya).is_open(), listen(cast.ingrid).is_open(), listen(lawyer).is_open()
        stranger = listen(cast.stranger).is_open()
        section = cast.section("problem")
        say_writing(actor=cast.buyer, room_id=cast.deal.room_id, section="problem", place=section.pk)
        told = seller.next("writing", BUSY).data
        assert told == {
            "room": str(cast.deal.room_id), "section": "problem", "place": str(section.pk),
            "person": str(cast.ingrid.contact_id), "name": "Ingrid Solberg",
        }  # fmt: skip
        assert buyer.nothing("writing", 0.2), "one knows that oneself"
        assert limited.nothing("writing", 0.2)
        assert stranger.nothing("writing", 0.2)


class TestGoingOn:
    """A stream that breaks misses nothing."""

    @pytest.mark.slow
    def test_after_a_gap(self, cast: Cast, listen) -> None:
        cookie = room_cookie(cast.ingrid.contact)
        run_relay_once()
        first = listen(cast.ingrid, cookie=cookie).is_open()
        last = int(first.last_id)
        first.leave()
        told = [write(cast, f"{number}") for number in range(3)]
        run_relay_once()
        unplaced = write(cast, "committed, and not yet in the feed")
        second = listen(cast.ingrid, since=last, cookie=cookie)
        found: list[str] = []
        while len(found) < len(told):  # the nudge about what has no place yet may come in between
            subject = str(second.next("change", BUSY).data["subject"])
            found += [subject] if subject != str(unplaced.pk) else []
        assert found == [str(row.pk) for row in told]
        second.is_open()
        run_relay_once()
        assert second.next("change", BUSY).data["subject"] == str(unplaced.pk)
        assert int(second.last_id) > last

    @pytest.mark.slow
    def test_after_too_much(self, cast: Cast, listen, monkeypatch) -> None:
        monkeypatch.setattr(hub, "REPLAYED", 3)
        for number in range(5):
            write(cast, f"{number}")
        run_relay_once()
        buyer = listen(cast.ingrid, since=0)
        assert buyer.next("missed", BUSY)
        assert "change" not in buyer.is_open().text
        assert listen(cast.ingrid, since=10**9).next("missed", BUSY), "a place that never was"
        assert listen(cast.ingrid).next("missed", BUSY), "a page that does not know its place"

    @pytest.mark.slow
    def test_many_at_once_are_told_as_many(self, cast: Cast, listen, monkeypatch) -> None:
        monkeypatch.setattr(hub, "TOLD_ONE_BY_ONE", 3)
        buyer, stranger = listen(cast.ingrid, since=0).is_open(), listen(cast.stranger, since=0).is_open()
        from django.db import transaction

        with transaction.atomic():
            for number in range(9):
                write(cast, f"{number}")
        run_relay_once()
        while not buyer.next("missed", BUSY).id:
            pass
        assert stranger.nothing("missed")

    def test_a_browser_that_does_not_listen_is_let_go(self, cast: Cast, monkeypatch) -> None:
        monkeypatch.setattr(stream, "MOST_WAITING", 3)
        reader = object()
        waiting = stream.Stream(reader)
        for _ in range(9):
            waiting.send(b"news")
        assert waiting.is_over

    @pytest.mark.slow
    def test_silence_is_broken_with_the_newest_place(self, cast: Cast, listen, monkeypatch) -> None:
        monkeypatch.setattr(stream, "BEAT", 0.2)
        buyer = listen(cast.ingrid).is_open()
        before = int(buyer.last_id)
        draft = write(cast, "not theirs", private=True)
        run_relay_once()
        end = time.monotonic() + BUSY
        position = Event.objects.get(subject_id=draft.pk).feed.position
        while int(buyer.last_id) < position and time.monotonic() < end:
            time.sleep(0.05)
        assert int(buyer.last_id) == position > before
        assert str(draft.pk) not in buyer.text


class TestEnded:
    """Access that is taken back ends open streams at once, and they say why."""

    def why(self, listener: Listener) -> str:
        start = time.monotonic()
        told = listener.next("closed", BUSY)
        assert "room" not in told.data
        assert listener.ended.wait(BUSY)
        assert time.monotonic() - start < BUSY
        return str(told.data["why"])

    def test_a_buyer_s_access_is_taken_back(self, cast: Cast, listen) -> None:
        buyer = listen(cast.ingrid).is_open()
        revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
        assert self.why(buyer) == "revoked"
        assert "participant.revoked" not in buyer.text

    @pytest.mark.slow
    def test_in_one_of_two_rooms(self, cast: Cast, listen) -> None:
        beds = open_deal(actor=as_user(cast.stranger), title="Beds", organization_id=cast.halvorsen.pk)
        cast.let_in(cast.ingrid.contact, beds.room)
        buyer = listen(cast.ingrid).is_open()
        revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
        told = buyer.next("closed", BUSY)
        assert told.data == {"why": "revoked", "room": str(cast.deal.room_id)}
        write(cast, "no longer theirs")
        assert buyer.nothing("change")
        assert not buyer.ended.is_set()

    def test_a_buyer_signs_out_here_or_elsewhere(self, cast: Cast, listen) -> None:
        here, there = room_cookie(cast.ingrid.contact), room_cookie(cast.ingrid.contact)
        one, other = listen(cast.ingrid, cookie=here).is_open(), listen(cast.ingrid, cookie=there).is_open()
        sign_out(session_token=next(iter(here.values())))
        assert self.why(one) == "signed-out"
        assert not other.ended.is_set()
        left = RoomSession.objects.get(ended_at=None)
        end_session(actor=as_participant(cast.ingrid), session_id=left.pk)
        assert self.why(other) == "signed-out"

    @pytest.mark.slow
    def test_staff_sign_out(self, cast: Cast, listen) -> None:
        cookie = staff_cookie(cast.maya)
        seller, elsewhere = listen(cast.maya, cookie=cookie).is_open(), listen(cast.maya).is_open()
        client = Client()
        client.cookies.load(cookie)
        client.post("/accounts/logout/")
        assert self.why(seller) == "signed-out"
        assert not elsewhere.ended.is_set()

    def test_a_user_is_deactivated(self, cast: Cast, listen) -> None:
        seller = listen(cast.maya).is_open()
        deactivate_user(actor=as_user(cast.admin), user_id=cast.maya.pk, version=cast.maya.version)
        assert self.why(seller) == "deactivated"

    @pytest.mark.slow
    def test_a_session_that_ends_by_itself(self, cast: Cast, listen, monkeypatch) -> None:
        monkeypatch.setattr(hub, "RECHECK", 0.2)
        monkeypatch.setattr(hub, "SWEEP", 0.2)
        buyer = listen(cast.ingrid).is_open()
        RoomSession.objects.update(expires_at=RoomSession.objects.get().created_at)
        assert self.why(buyer) == "signed-out"

    @pytest.mark.slow
    def test_more_streams_than_a_browser_has_tabs(self, cast: Cast, listen, monkeypatch) -> None:
        monkeypatch.setattr(hub, "STREAMS_OF_A_SESSION", 2)
        cookie = staff_cookie(cast.maya)
        streams = [listen(cast.maya, cookie=cookie).is_open() for _ in range(3)]
        assert streams[0].ended.wait(BUSY)
        assert not any(one.ended.is_set() for one in streams[1:])


class TestDoor:
    """Who gets a stream at all."""

    @pytest.mark.parametrize("path", ["/live/", "/room/live/"])
    def test_nobody_without_a_session(self, site: str, path: str, db: None) -> None:
        assert Listener(site, path, {}).status == 401

    def test_each_door_knows_its_own_cookie_only(self, cast: Cast, site: str) -> None:
        assert Listener(site, "/live/", room_cookie(cast.ingrid.contact)).status == 401
        assert Listener(site, "/room/live/", staff_cookie(cast.maya)).status == 401

    def test_what_proxies_and_caches_are_told(self, cast: Cast, listen) -> None:
        headers = listen(cast.ingrid).answer.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Accel-Buffering"] == "no"
        assert "connect-src 'self'" in headers["Content-Security-Policy"]
        assert headers["Content-Encoding"] is None

    def test_a_server_that_cannot_stream_says_so(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.maya)
        assert client.get("/live/").status_code == 204
        assert client.post("/live/").status_code == 405


class TestHeld:
    """What open streams keep: neither a connection to the database nor a thread."""

    @pytest.mark.slow
    def test_neither_a_connection_nor_a_thread(self, cast: Cast, listen) -> None:
        listen(cast.maya).is_open()
        time.sleep(0.5)
        threads, connections = threading.active_count(), self.connections()
        cookies = [room_cookie(cast.ingrid.contact) for _ in range(2)]
        streams = [listen(cast.ingrid, cookie=cookie).is_open() for cookie in cookies for _ in range(10)]
        write(cast)
        for one in streams:
            one.next("change", BUSY)
        time.sleep(0.5)
        assert self.connections() <= connections
        assert threading.active_count() - len(streams) < threads + 10, [one.name for one in threading.enumerate()]

    def connections(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])
