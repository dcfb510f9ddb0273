"""How the story goes on after the close: won, reviewed, accepted, measured; each step through the product's own actions."""

from datetime import datetime, timedelta
from typing import Any

from crm.actions.consent import answer_question, fingerprint
from crm.actions.question import Subject, ask_for_consent
from crm.actors import Actor, as_participant, as_user
from crm.clock import now
from crm.models import Participant, Question
from deals.actions.deal import change_deal
from deals.actions.stage_move import propose_move
from deals.models import Deal, Stage
from handoff.actions.brief import clear_item
from handoff.actions.handoff import accept_handoff
from handoff.actions.measurement import record_measurement
from handoff.models import BriefItem, Goal, Handoff, Measurement
from tests.cast import Cast


def ask(cast: Cast, *subjects: Subject, of: Participant | None = None) -> Question:
    """Ask Ingrid (or somebody else) for a yes."""
    return ask_for_consent(
        actor=cast.rep,
        asked_of=(of or cast.ingrid).pk,
        subjects=subjects,
        sentence="Shall we?",
        benefit="A page of figures.",
    )


def say(question: Question, answer: str = "agreed", **fields: str) -> Question:
    """Answer a question as the person it was asked of, with a fresh code."""
    actor = as_participant(question.asked_of, fresh_at=now())
    shown = fingerprint(list(question.consents.all()))
    return answer_question(actor=actor, question_id=question.pk, shown_hash=shown, answer=answer, **fields)


def at_agree(cast: Cast, *, success_owner: bool = True) -> Deal:
    """Write problem and criteria where missing, name Tomás, and put the deal into its last stage as if it had got there."""
    cast.deal.refresh_from_db()
    if success_owner:
        version = cast.deal.version
        change_deal(actor=cast.rep, deal_id=cast.deal.pk, version=version, values={"success_owner": cast.tomas.pk})
    Deal.objects.filter(pk=cast.deal.pk).update(stage=Stage.objects.get(pipeline=cast.deal.pipeline_id, name="Agree"))
    cast.deal.refresh_from_db()
    return cast.deal


def win(cast: Cast, *, success_owner: bool = True) -> Handoff:
    """Let Ingrid agree to problem, criteria and the close in one click; return the handoff that opens."""
    deal = at_agree(cast, success_owner=success_owner)
    close = propose_move(actor=cast.rep, deal_id=deal.pk, to_stage_id=None)
    say(ask(cast, cast.problem(), cast.criteria(), close))
    deal.refresh_from_db()
    return Handoff.objects.active().get(deal=deal)


def success(cast: Cast) -> Actor:
    """Tomás, acting."""
    return as_user(cast.tomas)


def clear_all(cast: Cast, handoff: Handoff) -> None:
    """Tomás finds everything clear."""
    for item in BriefItem.objects.filter(handoff=handoff):
        clear_item(actor=success(cast), item_id=item.pk, version=item.version)


def accept(cast: Cast, handoff: Handoff, **fields: Any) -> Handoff:
    """Tomás clears everything and accepts."""
    clear_all(cast, handoff)
    handoff.refresh_from_db()
    return accept_handoff(actor=success(cast), handoff_id=handoff.pk, version=handoff.version, **fields)


def goal_of(cast: Cast) -> Goal:
    """Win what is written, accept, and return the goal of the last criterion."""
    accept(cast, win(cast))
    return Goal.objects.latest("position")


def measure(cast: Cast, goal: Goal, value: Any, at: datetime | None = None, **fields: Any) -> Measurement:
    """Tomás enters a value, an hour ago unless said otherwise."""
    actor = fields.pop("actor", success(cast))
    at = at or now() - timedelta(hours=1)
    return record_measurement(actor=actor, goal_id=goal.pk, value=value, measured_at=at, **fields)[0]
