"""The one next thing to do in a deal: in words, and where it is done. What follows a win is said by the app that takes over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.models import Answer, Consent
from crm.queries.consent import standing_of
from deals.models import MOVE, Deal, DealStatus, Stage, StageMove
from deals.queries.asked_again import AskedAgain
from deals.queries.gate import GateState
from deals.queries.section import SectionState
from deals.queries.stage_move import move_snapshot


@dataclass(frozen=True)
class NextStep:
    """The one next thing: a sentence, what it is for, and where it is done ("" when there is nothing to do)."""

    words: str
    note: str
    url: str


AfterWin = Callable[[Actor, Deal], NextStep | None]
_after_win: list[AfterWin] = []


def register_after_win(step: AfterWin) -> None:
    """Say what comes next in a deal that is won; None where nothing is known of it."""
    _after_win.append(step)


def section_place(deal: Deal, state: SectionState, place: str = "") -> str:
    """Return where a section stands; `place` is "agreement" for its state, "words" for what is written in it."""
    url = reverse("deals:section", args=[deal.pk, state.kind])
    return f"{url}#{place}" if place else url


def next_step(
    actor: Actor,
    deal: Deal,
    states: Sequence[SectionState],
    gates: Sequence[GateState],
    move_consents: Sequence[Consent],
    move: StageMove | None,
    next_stage: Stage | None,
    again: Mapping[UUID, AskedAgain],
) -> NextStep:
    """Return the next step of a deal: after its end, in its sections, at its gates, or the move itself."""
    if deal.has_ended:
        return _after_the_end(actor, deal)
    if deal.organization_id is None:
        return NextStep(_("Say which client this deal is with."), "", reverse("deals:deal", args=[deal.pk]))
    for state in states:
        step = _in_section(deal, state, again)
        if step:
            return step
    unmet = next((state for state in gates if not state.lets_pass), None)
    if unmet:
        return NextStep(str(unmet.gate.label), unmet.hint, reverse("deals:deal", args=[deal.pk]))
    to = {"stage": next_stage.name} if next_stage else {"stage": _("working together")}
    is_agreed = move is not None and standing_of(move_snapshot(move).content_hash, move_consents).is_current
    overtaken = [again[one.question_id] for one in move_consents if one.question_id in again]
    if overtaken and not is_agreed:
        return _ask_again(overtaken[0], _("moving on to %(stage)s") % to)
    asked = [one for one in move_consents if one.answer == Answer.ASKED and one.question_id not in again]
    if asked:
        words = _("%(name)s has the question.") % {"name": asked[0].participant.contact.name}
        return NextStep(words, _("Nothing to do until they answer."), "")
    if is_agreed:
        note = _("There is a yes to it.")
        return NextStep(_("Move on to %(stage)s") % to, note, reverse("deals:deal", args=[deal.pk]))
    ask = reverse("deals:ask", args=[deal.pk])
    return NextStep(_("Ask about moving on to %(stage)s") % to, str(deal.stage.question), f"{ask}?about={MOVE}")


def _after_the_end(actor: Actor, deal: Deal) -> NextStep:
    if deal.status == DealStatus.WON:
        for after in _after_win:
            step = after(actor, deal)
            if step:
                return step
    return NextStep(_("This deal has ended."), deal.ended_reason, "")


def _in_section(deal: Deal, state: SectionState, again: Mapping[UUID, AskedAgain]) -> NextStep | None:
    """Return what a section needs: an answer that is awaited, words to change, or asking again."""
    newest = state.standing.newest
    what = {"section": state.label.lower()}
    ask = f"{reverse('deals:ask', args=[deal.pk])}?about={state.kind}"
    if state.standing.overtaken and not state.standing.is_current:
        return _ask_again(again[state.standing.overtaken[0].question_id], state.label.lower())
    if state.standing.waiting:
        words = _("%(name)s has the question.") % {"name": state.standing.waiting[0].participant.contact.name}
        return NextStep(words, _("Nothing to do until they answer."), section_place(deal, state))
    if state.state == "stale":
        note = _("It changed since it was agreed. Until then the yes is to older words.")
        return NextStep(_("Ask again about: %(section)s") % what, note, section_place(deal, state, "agreement"))
    if newest is None or newest.answer not in (Answer.CHANGE, Answer.DECLINED, Answer.WITHDRAWN):
        return None
    if not newest.participant.answers:
        note = _("Whoever was asked does not answer here any more.")
        return NextStep(_("Ask somebody else about: %(section)s") % what, note, ask)
    named = {"name": newest.participant.contact.name, **what}
    if newest.answer == Answer.WITHDRAWN or state.has_changed_since_asked:
        note = newest.objection or newest.note
        words = _("Ask %(name)s again about: %(section)s")
        return NextStep(words % named, note, f"{ask}&whom={newest.participant_id}")
    if newest.answer == Answer.CHANGE:
        words = _("Take up what %(name)s suggests: %(section)s")
        return NextStep(words % named, newest.note, section_place(deal, state, "words"))
    words = _("Answer %(name)s about: %(section)s")
    return NextStep(words % named, newest.note, section_place(deal, state, "agreement"))


def _ask_again(again: AskedAgain, what: str) -> NextStep:
    """Return the way to ask somebody anew whose question no answer would be taken to."""
    words = _("Ask %(name)s again about: %(section)s") % {"name": again.who.contact.name, "section": what}
    return NextStep(words, _("The words have changed since they were asked."), again.url)
