"""Codes and sessions: bounded guessing, one winner, the same answer for everybody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from crm.actions.passkey import begin_entering
from crm.actions.sign_in import (
    TRIES,
    Browser,
    end_session,
    enter_code,
    request_code_by_email,
    request_code_by_invitation,
    sign_out,
)
from crm.actions.sign_in_facts import drop_sign_in_facts
from crm.clock import frozen, now
from crm.errors import DomainError, Invalid, NotFound, Refused
from crm.models import Event, RoomSession, SignInCode
from crm.queries.sign_in import find_participant, find_session
from crm.secrets import new_token, normal_code
from tests.cast import Cast
from tests.crm.room.door import CODE, ask_for_code, come_in


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def browser() -> Browser:
    return Browser(new_token(), "192.0.2.7", "Firefox")


def refusal(browser: Browser, code: str = "AAAAAAAA") -> str:
    with pytest.raises(DomainError) as caught:
        enter_code(browser=browser, code=code)
    return caught.value.faults[0].code if caught.value.faults else caught.value.code


@pytest.mark.django_db
class TestCode:
    def test_it_is_taken_in_any_writing(self, cast: Cast, browser: Browser) -> None:
        ask_for_code(cast.ingrid.contact, browser)
        session, token = enter_code(browser=browser, code=" k7qm-4xdr ")
        assert session.contact == cast.ingrid.contact
        assert find_session(token) == session
        assert normal_code("k7qm – 4XDR") == CODE

    def test_it_works_once(self, cast: Cast, browser: Browser) -> None:
        ask_for_code(cast.ingrid.contact, browser)
        enter_code(browser=browser, code=CODE)
        assert refusal(browser, CODE) == "ended"

    def test_it_works_for_ten_minutes(self, cast: Cast, browser: Browser) -> None:
        ask_for_code(cast.ingrid.contact, browser)
        with frozen(now() + timedelta(minutes=10, seconds=1)):
            assert refusal(browser, CODE) == "ended"

    def test_five_tries_end_it(self, cast: Cast, browser: Browser) -> None:
        ask_for_code(cast.ingrid.contact, browser)
        said = [refusal(browser) for _try in range(TRIES)]
        assert said == ["wrong_code"] * (TRIES - 1) + ["used_up"]
        assert refusal(browser, CODE) == "used_up"

    def test_it_belongs_to_the_browser_that_asked(self, cast: Cast, browser: Browser) -> None:
        ask_for_code(cast.ingrid.contact, browser)
        other = Browser(new_token())
        assert refusal(other, CODE) == "ended"
        assert enter_code(browser=browser, code=CODE)

    def test_only_the_newest_works(self, cast: Cast, browser: Browser) -> None:
        from unittest.mock import patch

        from crm.actions import sign_in

        ask_for_code(cast.ingrid.contact, browser)
        with frozen(now() + timedelta(seconds=5)):
            with patch.object(sign_in, "new_code", return_value="WWWWWWWW"):
                sign_in.request_fresh_code(contact_id=cast.ingrid.contact_id, browser=browser)
            assert refusal(browser, CODE) == "wrong_code"
            assert enter_code(browser=browser, code="WWWWWWWW")

    def test_codes_asked_for_are_bounded(self, cast: Cast, browser: Browser) -> None:
        for second in range(6):
            with frozen(now() + timedelta(seconds=second)):
                request_code_by_email(email="nobody@halvorsen.example", browser=browser)
        with pytest.raises(Refused):
            request_code_by_email(email="nobody@halvorsen.example", browser=browser)

    def test_one_mailbox_is_not_flooded_from_many_browsers(
        self, cast: Cast, django_capture_on_commit_callbacks
    ) -> None:
        email = cast.ingrid.contact.email
        with django_capture_on_commit_callbacks(execute=True):
            for second in range(20):
                with frozen(now() + timedelta(seconds=second)):
                    request_code_by_email(email=email, browser=Browser(new_token(), "192.0.2.7"))
        assert len(mail.outbox) == 12

    def test_an_unknown_address_looks_the_same(self, cast: Cast, django_capture_on_commit_callbacks) -> None:
        known, unknown = Browser(new_token(), "192.0.2.1"), Browser(new_token(), "192.0.2.2")
        with django_capture_on_commit_callbacks(execute=True):
            request_code_by_email(email=cast.ingrid.contact.email, browser=known)
            request_code_by_email(email="nobody@halvorsen.example", browser=unknown)
        assert [message.to for message in mail.outbox] == [[cast.ingrid.contact.email]]
        assert [refusal(known) for _try in range(7)] == [refusal(unknown) for _try in range(7)]

    def test_a_revoked_invitation_sends_nothing_and_looks_the_same(
        self, cast: Cast, browser: Browser, django_capture_on_commit_callbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            request_code_by_invitation(token="nothing", browser=browser)
        assert not mail.outbox
        assert SignInCode.objects.get().contact is None

    def test_a_shared_mailbox_gets_a_code_for_each_by_name(
        self, cast: Cast, browser: Browser, django_capture_on_commit_callbacks
    ) -> None:
        daniel = cast.daniel.contact
        daniel.email = cast.ingrid.contact.email
        daniel.save()
        with django_capture_on_commit_callbacks(execute=True):
            request_code_by_email(email=daniel.email, browser=browser)
        assert sorted(message.body.strip().split(",")[0] for message in mail.outbox) == [
            "Daniel Reyes",
            "Ingrid Solberg",
        ]


@pytest.mark.django_db
class TestSession:
    def test_it_ends_after_twelve_idle_hours_and_fourteen_days(self, cast: Cast) -> None:
        _session, token = come_in(cast.ingrid.contact)
        room = cast.deal.room_id
        assert find_participant(token, room) == cast.ingrid
        with frozen(now() + timedelta(hours=12, minutes=1)):
            assert find_participant(token, room) is None
        RoomSession.objects.update(last_seen_at=now() + timedelta(days=14))
        with frozen(now() + timedelta(days=14, minutes=1)):
            assert find_participant(token, room) is None

    def test_a_fresh_code_goes_on_under_a_new_secret(self, cast: Cast, browser: Browser) -> None:
        session, token = come_in(cast.ingrid.contact)
        with frozen(now() + timedelta(hours=1)):
            ask_for_code(cast.ingrid.contact, browser)
            again, newer = enter_code(browser=browser, code=CODE, old_session=token)
        assert again.pk == session.pk
        assert again.fresh_at > session.fresh_at
        assert find_session(token) is None
        assert find_session(newer) == session

    def test_another_person_in_the_same_browser_ends_the_first(self, cast: Cast, browser: Browser) -> None:
        _session, token = come_in(cast.ingrid.contact)
        cast.daniel  # noqa: B018
        ask_for_code(cast.daniel.contact, browser)
        enter_code(browser=browser, code=CODE, old_session=token)
        assert find_session(token) is None

    def test_session_person_and_membership_are_one_query(self, cast: Cast, django_assert_num_queries) -> None:
        _session, token = come_in(cast.ingrid.contact)
        come_in(cast.ingrid.contact)
        come_in(cast.daniel.contact)
        with django_assert_num_queries(1):
            grant = find_participant(token, cast.deal.room_id)
            assert grant.contact.organization == grant.room.organization
        assert grant.session_id == find_session(token).pk

    def test_one_ends_ones_own_only(self, cast: Cast) -> None:
        mine, token = come_in(cast.ingrid.contact)
        theirs, _token = come_in(cast.daniel.contact)
        with pytest.raises(NotFound):
            end_session(actor=cast.buyer, session_id=theirs.pk)
        end_session(actor=cast.buyer, session_id=mine.pk)
        assert find_session(token) is None

    def test_signing_out(self, cast: Cast) -> None:
        _session, token = come_in(cast.ingrid.contact)
        sign_out(session_token=token)
        assert find_session(token) is None

    def test_from_where_is_forgotten_after_its_time(self, cast: Cast) -> None:
        session, _token = come_in(cast.ingrid.contact)
        request_code_by_email(email="nobody@elsewhere.example", browser=Browser(new_token(), "192.0.2.7"))
        begin_entering(browser=Browser(new_token(), "192.0.2.7"))
        with frozen(now() + timedelta(hours=23)):
            assert drop_sign_in_facts() == 0
        with frozen(now() + timedelta(days=2)):
            assert drop_sign_in_facts() == 3
        session.refresh_from_db()
        assert (session.address, session.browser) == ("127.0.0.1", "Test browser")
        with frozen(now() + timedelta(days=91)):
            assert drop_sign_in_facts() == 1
            assert drop_sign_in_facts() == 0
        session.refresh_from_db()
        assert (session.address, session.browser) == (None, "")

    def test_both_sides_see_who_came_in(self, cast: Cast) -> None:
        come_in(cast.ingrid.contact)
        event = Event.objects.visible_to(cast.rep).get(type="participant.signed_in")
        assert event.by_contact == cast.ingrid.contact
        assert Event.objects.visible_to(cast.buyer).filter(pk=event.pk).exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("code", "winners"), [(CODE, 1), ("AAAAAAAA", 0)])
def test_of_a_hundred_parallel_tries_one_wins(code: str, winners: int) -> None:
    cast, browser = Cast(), Browser(new_token(), "192.0.2.7")
    ask_for_code(cast.ingrid.contact, browser)

    def attempt(_place: int) -> bool:
        try:
            enter_code(browser=browser, code=code)
        except (Invalid, Refused):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, range(100))) == winners
    assert SignInCode.objects.get().tries == (1 if winners else TRIES)
    assert RoomSession.objects.count() == winners
