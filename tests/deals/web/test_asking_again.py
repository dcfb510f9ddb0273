"""After a suggestion, a no or a yes taken back the page says what can be done now, and leads there."""

import pytest
from django.urls import reverse

from crm.actions.consent import answer_question, contest_consent, fingerprint, reopen_consent, withdraw_consent
from crm.actions.erasure import erase_contact
from crm.actions.question import ask_for_consent
from crm.actors import as_user
from crm.models import Answer, Consent
from deals.actions.criterion import add_criterion
from deals.actions.problem import add_statement
from deals.queries.deal import get_deal_page
from tests.cast import Cast
from tests.crm.room.door import client_of
from tests.deals.actions.test_stage_move import ask, record_yes, say

pytestmark = pytest.mark.django_db


def answered(cast: Cast, answer: str, note: str = "") -> Consent:
    question = ask_for_consent(
        actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], sentence="Is this it?", benefit="A page."
    )
    shown = fingerprint(list(question.consents.all()))
    answer_question(actor=cast.buyer, question_id=question.pk, shown_hash=shown, answer=answer, note=note)
    return Consent.objects.get(question=question)


def shown(cast: Cast, signed_in) -> str:
    return str(signed_in(cast.maya).get(reverse("deals:section", args=[cast.deal.pk, "problem"])).content.decode())


@pytest.mark.slow
def test_a_suggestion_leads_to_the_words_and_then_to_asking_again(cast, signed_in) -> None:
    answered(cast, "change", "The night shift belongs in it.")
    page = reverse("deals:section", args=[cast.deal.pk, "problem"])
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert (step.url, step.note) == (f"{page}#words", "The night shift belongs in it.")
    html = shown(cast, signed_in)
    assert 'href="#words"' in html
    assert 'id="words"' in html
    assert "Ask Ingrid again</a>" not in html
    add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "impact", "text": "The night shift too."})
    assert "Ask Ingrid again</a>" in shown(cast, signed_in)
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert step.url == f"{reverse('deals:ask', args=[cast.deal.pk])}?about=problem&whom={cast.ingrid.pk}"


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["change", "declined", "agreed"])
def test_nobody_is_asked_again_who_answers_here_no_more(cast, signed_in, answer: str) -> None:
    answered(cast, answer, "The night shift belongs in it." if answer == "change" else "")
    add_statement(actor=cast.rep, deal_id=cast.deal.pk, values={"part": "impact", "text": "The night shift too."})
    asks = f"about=problem&amp;whom={cast.ingrid.pk}"
    assert asks in shown(cast, signed_in)
    erase_contact(
        actor=as_user(cast.admin), contact_id=cast.ingrid.contact_id, confirmed_name="Ingrid Solberg", ground="Asked."
    )
    page = get_deal_page(cast.rep, cast.deal.pk)
    html = shown(cast, signed_in)
    assert asks not in html
    assert "Ask somebody else</a>" in html
    assert "data were erased" not in page.next_step.words + page.next_step.note
    assert not [one for one in page.waiting if "data were erased" in one.who]


@pytest.mark.slow
def test_after_a_no_the_same_words_are_not_asked_again(cast, signed_in) -> None:
    answered(cast, "declined", "Not ours.")
    assert "Ask Ingrid again</a>" not in shown(cast, signed_in)


@pytest.mark.slow
def test_a_yes_taken_back_is_called_so_and_can_be_asked_for_at_once(cast, signed_in) -> None:
    consent = answered(cast, "agreed")
    withdraw_consent(actor=cast.buyer, consent_id=consent.pk, note="Let us look at it again.")
    html = shown(cast, signed_in)
    assert "Yes taken back" in html
    assert "“Let us look at it again.”" in html
    assert ", as Ingrid Solberg answered" not in html
    assert "Ask Ingrid again</a>" in html
    assert Consent.objects.get(pk=consent.pk).answer == Answer.WITHDRAWN
    step = get_deal_page(cast.rep, cast.deal.pk).next_step
    assert step.words.startswith("Ask Ingrid Solberg again")


@pytest.mark.slow
def test_a_no_is_read_beside_the_yes_of_somebody_else_by_both_sides(cast, signed_in) -> None:
    say(ask(cast, cast.problem(), of=cast.daniel), "declined", note="We measured two per cent.")
    say(ask(cast, cast.problem()))
    assert "agreed to revision 1" in shown(cast, signed_in)
    room = client_of(cast.ingrid.contact).get(f"/room/{cast.deal.room_id}/").content.decode()
    for page in (shown(cast, signed_in), room):
        assert "Daniel Reyes said no" in page
        assert "“We measured two per cent.”" in page


@pytest.mark.slow
def test_the_room_calls_a_yes_taken_back_so(cast) -> None:
    consent = answered(cast, "agreed")
    withdraw_consent(actor=cast.buyer, consent_id=consent.pk)
    room = client_of(cast.daniel.contact).get(f"/room/{cast.deal.room_id}/").content.decode()
    assert "Ingrid took the yes back" in room
    assert "Ingrid said no" not in room


@pytest.mark.slow
def test_what_keeps_a_criterion_from_being_asked_about_is_named(cast, signed_in) -> None:
    add_criterion(actor=cast.rep, deal_id=cast.deal.pk, values={"title": "Fewer empty shelves", "unit": "%"})
    typed = {
        "about": ["criteria"],
        "whom": cast.ingrid.pk,
        "sentence": "Is this it?",
        "benefit": "A page.",
        "shown_for": "criteria",
    }
    answer = signed_in(cast.maya).post(reverse("deals:ask", args=[cast.deal.pk]), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Fewer empty shelves: " in page
    assert " · Nobody counts it now · " in page
    assert page.count("Fewer empty shelves: ") == 1, "all about it stands in one line"


@pytest.mark.slow
@pytest.mark.parametrize("first", ["change", "withdrawn"])
def test_nobody_s_earlier_word_say_stale_their_own_yes(cast, signed_in, first) -> None:
    consent = answered(cast, "change" if first == "change" else "agreed", "Say it shorter.")
    if first == "change":
        reopen_consent(actor=cast.buyer, consent_id=consent.pk)
    else:
        withdraw_consent(actor=cast.buyer, consent_id=consent.pk)
    say(ask(cast, cast.problem()))
    say(ask(cast, cast.problem(), of=cast.daniel))
    html = shown(cast, signed_in)
    assert "would change something" not in html[html.index('id="agreement"') :].split("</section>")[0]
    assert get_deal_page(cast.rep, cast.deal.pk).section("problem").standing.others == ()


@pytest.mark.slow
def test_a_contested_record_shows_at_the_section_it_is_about(cast, signed_in) -> None:
    recorded = record_yes(cast, cast.problem()).consents.get()
    contest_consent(actor=cast.buyer, consent_id=recorded.pk, note="I asked for time.")
    html = shown(cast, signed_in)
    assert "Ingrid Solberg says that this is not what they said" in html
    assert "I asked for time." in html
    assert reverse("deals:withdraw_record", args=[cast.deal.pk, recorded.pk]) in html
    criteria = signed_in(cast.maya).get(reverse("deals:section", args=[cast.deal.pk, "criteria"])).content.decode()
    assert "I asked for time." not in criteria[: criteria.index("<aside")]
    say(ask(cast, cast.problem()))
    assert "I asked for time." not in shown(cast, signed_in).split("<aside")[0]
