"""The buttons of a deal's own page: moving on and back, waiving, undoing, opening again; and when somebody was faster."""

import re

import pytest
from django.urls import reverse

from crm.actions.consent import answer_question, fingerprint
from crm.actions.question import Subject, ask_for_consent
from crm.models import Question
from deals.actions.deal import change_deal
from deals.actions.ending import end_deal
from deals.actions.stage_move import propose_move
from deals.actions.stakeholder import add_stakeholder, assess_stakeholder
from deals.models import Assessment, Deal, DealStatus, Stage, Waiver
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def at(cast: Cast, name: str, *more: object) -> str:
    return reverse(f"deals:{name}", args=[cast.deal.pk, *more])


def now_at(cast: Cast) -> Deal:
    return Deal.objects.select_related("stage").get(pk=cast.deal.pk)


def put_at(cast: Cast, name: str) -> Stage:
    stage = Stage.objects.get(pipeline=cast.deal.pipeline_id, name=name)
    Deal.objects.filter(pk=cast.deal.pk).update(stage=stage)
    return stage


def yes_to(cast: Cast, *subjects: Subject) -> None:
    question = ask_for_consent(
        actor=cast.rep, asked_of=cast.ingrid.pk, subjects=subjects, sentence="Shall we?", benefit="A page of figures."
    )
    shown = fingerprint(list(question.consents.all()))
    answer_question(actor=cast.buyer, question_id=question.pk, shown_hash=shown, answer="agreed")


def overtake(cast: Cast) -> int:
    """Change the deal behind somebody's back; return the version they still have on their page."""
    version = now_at(cast).version
    change_deal(actor=cast.rep, deal_id=cast.deal.pk, version=version, values={"title": "Another title"})
    return version


def move_to(cast: Cast, stage: Stage | None) -> Subject:
    return propose_move(actor=cast.rep, deal_id=cast.deal.pk, to_stage_id=stage.pk if stage else None)


@pytest.mark.slow
def test_the_button_moves_on_when_the_gate_opened_after_the_yes(cast, signed_in) -> None:
    put_at(cast, "Understand")
    to = Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Define success")
    client = signed_in(cast.maya)
    yes_to(cast, move_to(cast, to))
    html = client.get(at(cast, "deal")).content.decode()
    assert "1 of 2 conditions met" in html
    assert "Move on to Define success</button>" not in html
    yes_to(cast, cast.problem())
    assert client.get(at(cast, "to_stage", to.pk)).headers["location"] == f"{at(cast, 'deal')}#on"
    assert "Move on to Define success</button>" in client.get(at(cast, "deal")).content.decode()
    sent = {"version": now_at(cast).version, "to_stage": str(to.pk)}
    assert client.post(at(cast, "move"), sent).status_code == 302
    assert now_at(cast).stage == to


def test_going_back_a_stage(cast, signed_in) -> None:
    put_at(cast, "Test")
    meet = Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Meet")
    sent = {"version": now_at(cast).version, "to_stage": str(meet.pk)}
    assert signed_in(cast.maya).post(at(cast, "back"), sent).status_code == 302
    assert now_at(cast).stage == meet


@pytest.mark.slow
def test_a_manager_waives_a_gate_and_the_reason_stands_there(cast, signed_in) -> None:
    put_at(cast, "Plan")
    client, url = signed_in(cast.jonas), at(cast, "waive_gate", "success_owner_named")
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Tomás starts on Monday."}).status_code == 302
    assert Waiver.objects.get().reason == "Tomás starts on Monday."
    assert "let it pass: Tomás starts on Monday." in client.get(at(cast, "deal")).content.decode()


@pytest.mark.slow
def test_a_manager_undoes_a_close_and_keeps_the_words_when_somebody_was_faster(cast, signed_in) -> None:
    put_at(cast, "Agree")
    yes_to(cast, move_to(cast, None))
    assert now_at(cast).status == DealStatus.WON
    client, url = signed_in(cast.jonas), at(cast, "undo_win")
    old = overtake(cast)
    late = client.post(url, {"version": old, "reason": "A slip of mine."})
    assert late.status_code == 409
    assert late.content.decode().count("A slip of mine.") == 2  # above the deal, and in the form to send again
    assert now_at(cast).status == DealStatus.WON
    assert client.post(url, {"version": now_at(cast).version, "reason": "A slip of mine."}).status_code == 302
    assert now_at(cast).status == DealStatus.OPEN


def test_the_reason_for_an_end_is_kept_when_somebody_was_faster(cast, signed_in) -> None:
    sent = {"status": "no_deal", "reason": "Not before their merger.", "version": overtake(cast)}
    late = signed_in(cast.maya).post(at(cast, "end"), sent)
    assert late.status_code == 409
    page = late.content.decode()
    assert page.count("Not before their merger.") == 1  # in the form to send again
    version = re.findall(r'name="version" value="(\d+)"', page)[-1]
    assert signed_in(cast.maya).post(at(cast, "end"), sent | {"version": version}).status_code == 302
    assert now_at(cast).status == DealStatus.NO_DEAL


def test_the_reason_is_kept_even_when_the_form_is_gone(cast, signed_in) -> None:
    version = now_at(cast).version
    end_deal(actor=cast.rep, deal_id=cast.deal.pk, version=version, status="lost", reason="They do it themselves.")
    sent = {"status": "no_deal", "reason": "Not before their merger.", "version": version}
    late = signed_in(cast.maya).post(at(cast, "end"), sent)
    assert late.status_code == 409
    assert "Not before their merger." in late.content.decode()
    assert now_at(cast).status == DealStatus.LOST


def test_an_ended_deal_opens_again_but_not_from_an_old_page(cast, signed_in) -> None:
    version = now_at(cast).version
    end_deal(actor=cast.rep, deal_id=cast.deal.pk, version=version, status="lost", reason="They do it themselves.")
    client = signed_in(cast.maya)
    late = client.post(at(cast, "reopen"), {"version": version})
    assert late.status_code == 409
    assert "Somebody changed this deal" in late.content.decode()
    assert client.post(at(cast, "reopen"), {"version": now_at(cast).version}).status_code == 302
    assert now_at(cast).is_open


@pytest.mark.slow
def test_what_we_think_is_kept_when_a_colleague_wrote_first(cast, signed_in) -> None:
    values = {"side": "buyer", "contact": cast.ingrid.contact_id}
    row = add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=values)
    for note in ("Likes figures.", "Likes pictures."):
        assess_stakeholder(actor=cast.rep, stakeholder_id=row.pk, note=note)
    client, url = signed_in(cast.maya), at(cast, "assess_stakeholder", row.pk)
    late = client.post(url, {"note": "Wants both.", "version": 1})
    assert late.status_code == 422
    page = late.content.decode()
    assert "Wants both." in page
    assert "Likes pictures." in page
    version = Assessment.objects.get().version
    assert f'name="version" value="{version}"' in page
    assert client.post(url, {"note": "Wants both.", "version": version}).status_code == 302


@pytest.mark.slow
def test_the_sentence_follows_what_is_asked_about_until_somebody_writes_it(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    page = client.get(at(cast, "ask"), {"about": "problem"}).content.decode()
    first = "Does this describe your problem as it is today?"
    assert first in page
    sent = {"about": "criteria", "whom": str(cast.ingrid.pk), "suggested": first}
    followed = client.post(at(cast, "ask_preview"), sent | {"sentence": first}).content.decode()
    assert 'hx-swap-oob="true"' in followed
    assert "If this is reached, will you call it a success?</textarea>" in followed
    own = client.post(at(cast, "ask_preview"), sent | {"sentence": "Is that success, Ingrid?"}).content.decode()
    assert 'id="ask-sentence"' not in own
    assert "Is that success, Ingrid?" in own
    whole = client.post(at(cast, "ask"), sent | {"sentence": first, "preview": "1"}).content.decode()
    assert "If this is reached, will you call it a success?</textarea>" in whole


@pytest.mark.slow
def test_no_sentence_goes_that_was_not_shown_for_what_is_ticked(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    first = "Does this describe your problem as it is today?"
    sent = {"whom": str(cast.ingrid.pk), "suggested": first, "benefit": "A page of <figures>."}
    shown_for_problem = sent | {"shown_for": "problem"}
    for sentence in (first, "Is that right, Ingrid?"):
        hasty = client.post(at(cast, "ask"), shown_for_problem | {"about": "criteria", "sentence": sentence})
        page = hasty.content.decode()
        assert hasty.status_code == 422
        assert "Nothing was sent" in page
        assert 'name="shown_for" value="criteria"' in page
        assert "A page of &lt;figures&gt;." in page
        assert ("Is that right, Ingrid?</textarea>" in page) == (sentence != first)
        assert not Question.objects.exists()
    stale = client.post(at(cast, "ask"), sent | {"about": "criteria", "sentence": first, "shown_for": "criteria"})
    assert "will you call it a success?</textarea>" in stale.content.decode()
    assert client.post(at(cast, "ask"), sent | {"about": "problem", "sentence": first}).status_code == 422
    assert not Question.objects.exists()
    assert client.post(at(cast, "ask"), shown_for_problem | {"about": "problem", "sentence": first}).status_code == 302
    assert Question.objects.get().sentence == first


@pytest.mark.slow
def test_whoever_decides_is_chosen_first(cast, signed_in) -> None:
    def chosen() -> str:
        page = signed_in(cast.maya).get(at(cast, "ask"), {"about": "criteria"}).content.decode()
        return str(re.findall(r'name="whom" value="([^"]+)" checked', page)[0])

    values = {"side": "buyer", "contact": cast.ingrid.contact_id, "roles": ["decision_maker"]}
    add_stakeholder(actor=cast.rep, deal_id=cast.deal.pk, values=values)
    assert cast.daniel.contact.name < cast.ingrid.contact.name  # not the first by name
    assert chosen() == str(cast.ingrid.pk)


@pytest.mark.slow
def test_revisions_say_figures_days_and_names_in_words(cast, signed_in) -> None:
    from deals.actions.problem import add_statement

    values = {"part": "cost", "text": "Margin lost", "amount": "3630000", "currency": "USD", "period": "year"}
    add_statement(actor=cast.rep, deal_id=cast.deal.pk, values=values)
    yes_to(cast, cast.problem(), cast.criteria())
    problem = signed_in(cast.maya).get(at(cast, "revisions", "problem"), {"all": 1}).content.decode()
    assert "Margin lost: $3,630,000 each year" in problem
    criteria = signed_in(cast.maya).get(at(cast, "revisions", "criteria"), {"all": 1}).content.decode()
    assert not re.search(r"<p class=\"words preserve\">[^<]*\d{4}-\d\d-\d\d", criteria)
    assert "Client’s owner: " in criteria
    assert str(cast.ingrid.contact_id) not in criteria


@pytest.mark.slow
def test_a_reply_is_said_once_however_often_it_is_sent(cast, signed_in) -> None:
    from crm.models import Comment
    from deals.models import ProblemStatement

    row = ProblemStatement.objects.get()
    client, url = signed_in(cast.maya), at(cast, "comment", "problem", row.pk)
    client.post(url, {"body": "First"})
    page = client.get(at(cast, "section", "problem")).content.decode()
    token = re.findall(r'name="once" value="([0-9a-f]{64})"', page)[0]
    for _ in range(2):
        assert client.post(url, {"body": "Again", "once": token}).status_code == 302
    assert Comment.objects.filter(body="Again").count() == 1


@pytest.mark.slow
def test_the_stage_before_comes_first_and_the_first_stage_offers_no_way_back(cast, signed_in) -> None:
    client = signed_in(cast.maya)
    first = client.get(at(cast, "deal")).content.decode()
    assert "Go back a stage" not in first
    put_at(cast, "Define success")
    html = client.get(at(cast, "deal")).content.decode()
    choice = html[html.index('id="back-to"') : html.index("</select>", html.index('id="back-to"'))]
    assert [name in choice for name in ("Understand", "Meet", "Define")] == [True, True, False]
    assert choice.index("Understand") < choice.index("Meet")


@pytest.mark.slow
def test_a_card_that_goes_to_another_stage_leads_to_what_that_takes(cast, signed_in) -> None:
    put_at(cast, "Understand")
    meet, here, success, test = (
        Stage.objects.get(pipeline=cast.deal.pipeline_id, name=name)
        for name in ("Meet", "Understand", "Define success", "Test")
    )
    client = signed_in(cast.maya)
    leads = {
        stage: client.get(at(cast, "to_stage", stage.pk)).headers["location"] for stage in (meet, here, success, test)
    }
    assert leads[meet] == f"{at(cast, 'deal')}?back={meet.pk}#back"
    assert leads[here] == at(cast, "deal")
    for ahead in (success, test):
        assert leads[ahead] == f"{at(cast, 'ask')}?about=stage_move&to_stage={ahead.pk}"
    assert now_at(cast).stage == here
    assert f'<option value="{meet.pk}" selected>' in client.get(leads[meet]).content.decode()
    assert f'<option value="{test.pk}" selected>' in client.get(leads[test]).content.decode()


@pytest.mark.slow
def test_a_card_goes_nowhere_for_who_reads_along_nor_to_a_stage_of_another_pipeline(cast, signed_in) -> None:
    other = Stage.objects.exclude(pipeline=cast.deal.pipeline_id).first()
    assert signed_in(cast.maya).get(at(cast, "to_stage", other.pk)).status_code == 404
    ahead = Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Test")
    reader = signed_in(cast.colleague)
    assert reader.get(at(cast, "to_stage", ahead.pk)).headers["location"] == at(cast, "deal")
    assert 'class="handle"' not in reader.get(reverse("deals:board")).content.decode()
    assert 'class="handle"' in signed_in(cast.maya).get(reverse("deals:board")).content.decode()
