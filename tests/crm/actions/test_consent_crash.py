"""A crash after any one statement of answering or recording: all of it is there, or nothing. On connections that really break."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import Error, connection

from crm.actions.consent import answer_question, fingerprint, withdraw_consent
from crm.actions.recorded_consent import Testimony, record_consent
from crm.clock import now
from crm.models import Answer, Consent, Delivery, Event, LedgerEntry, LedgerPayload, Question, SignInFacts
from deals.actions.stage_move import propose_move
from deals.models import Deal, Stage
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say
from tests.crm.queries.test_ledger import SESSION, verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class Crash(Exception):
    """The process is gone."""


class Breaking:
    """Lets `count` statements through, then breaks: by an error of the process, or by the server hanging up."""

    def __init__(self, count: int, *, hang_up: bool) -> None:
        self.left, self.hang_up = count, hang_up

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        self.left -= 1
        if self.left == 0:
            if not self.hang_up:
                raise Crash
            with suppress(psycopg.Error):  # noticed at the next statement, or at the commit
                context["connection"].connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return result


def everything() -> dict[str, str]:
    """Return a fingerprint of each table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t")
            found[table] = cursor.fetchone()[0]
    return found


def crash_at_each_statement(work: Callable[[], Any], *, hang_up: bool) -> int:
    """Break `work` after its first statement, then its second …, until it gets through; nothing may stay of each broken try."""
    before = everything()
    for count in range(1, 400):
        breaking = Breaking(count, hang_up=hang_up)
        try:
            with connection.execute_wrapper(breaking):
                work()
        except (Crash, Error):
            connection.close()
            changed = {table for table, mark in everything().items() if mark != before[table]}
            assert not changed, f"a crash after statement {count} left something in {changed}"
        else:
            assert breaking.left > 0
            return count - 1
    raise AssertionError("it never got through")


@pytest.fixture
def cast() -> Cast:
    """The first move and the problem asked about in one question: a yes writes two answers and moves the deal."""
    cast = Cast()
    cast.write_problem()
    assert cast.deal.stage.name == "Meet"
    return cast


def move(cast: Cast) -> Any:
    ahead = Stage.objects.get(pipeline=cast.deal.pipeline_id, position=cast.deal.stage.position + 1)
    return propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=ahead.pk)


@pytest.mark.parametrize("hang_up", [False, True])
def test_answering_is_all_or_nothing(cast: Cast, hang_up: bool) -> None:
    question = ask(cast, cast.problem(), move(cast))
    shown = fingerprint(list(question.consents.all()))
    buyer = cast.buyer
    object.__setattr__(buyer, "session", SESSION)
    entries, events = LedgerEntry.objects.count(), Event.objects.count()

    def answer() -> None:
        answer_question(actor=buyer, question_id=question.pk, shown_hash=shown, answer="agreed", button="I agree")

    assert crash_at_each_statement(answer, hang_up=hang_up) > 20
    assert set(Consent.objects.values_list("answer", flat=True)) == {Answer.AGREED}
    assert Question.objects.get().closed_at is not None
    assert LedgerEntry.objects.count() == entries + 2
    assert LedgerPayload.objects.count() == LedgerEntry.objects.count()
    assert SignInFacts.objects.count() == 2
    assert Deal.objects.get().stage.name == "Understand"
    given = Event.objects.filter(type="consent.given")
    assert given.count() == 2
    assert Event.objects.filter(type="deal.moved").count() == 1
    assert Event.objects.count() == events + 3
    assert Delivery.objects.filter(event__in=given, consumer="crm.mail_answer").count() == 2
    assert verify()[0]


def test_recording_is_all_or_nothing(cast: Cast) -> None:
    subjects = [cast.problem(), move(cast)]
    testimony = Testimony("agreed", "Yes, that is it.", "phone", now() - timedelta(hours=1))
    person, rep = cast.ingrid, cast.rep

    def write_down() -> None:
        record_consent(
            actor=rep, asked_of=person.pk, subjects=subjects, sentence="Is this your problem?", testimony=testimony
        )

    assert crash_at_each_statement(write_down, hang_up=False) > 20
    assert [entry.type for entry in LedgerEntry.objects.all()] == ["recorded", "recorded"]
    assert LedgerPayload.objects.count() == 2
    assert set(Consent.objects.values_list("answer", flat=True)) == {Answer.AGREED}
    assert Deal.objects.get().stage.name == "Understand"
    assert Delivery.objects.filter(event__type="consent.given", consumer="crm.mail_answer").count() == 2
    assert verify()[0]


def test_taking_back_is_all_or_nothing(cast: Cast) -> None:
    say(cast, ask(cast))
    consent, buyer = Consent.objects.get(), cast.buyer
    assert crash_at_each_statement(lambda: withdraw_consent(actor=buyer, consent_id=consent.pk), hang_up=False) > 5
    assert Consent.objects.get().answer == Answer.WITHDRAWN
    assert verify()[0]
