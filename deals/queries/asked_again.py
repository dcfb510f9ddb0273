"""Questions of a deal that no answer would be taken to, since their words have changed: what to ask again, of whom, where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from crm.models import Answer, Consent, Participant
from crm.queries.consent import overtaken_questions
from crm.queries.waiting import as_shown
from deals.models import MOVE, Deal
from deals.queries.stage_move import move_snapshot
from deals.queries.standing import DealStanding


@dataclass(frozen=True)
class AskedAgain:
    """An open question to ask anew: all it is about, as it was shown. `url` opens the form with the same things ticked."""

    consents: Sequence[Consent]
    url: str

    @property
    def who(self) -> Participant:
        """Who has it."""
        return self.consents[0].participant


def asked_again(standing: DealStanding) -> dict[UUID, AskedAgain]:
    """Return the overtaken questions of a deal by their id."""
    asked = [one for one in chain.from_iterable(standing.consents.values()) if one.answer == Answer.ASKED]
    current = {one.pk: one.content_hash for one in standing.sections.values()}
    moves = [move for move in standing.moves if move.pk in standing.consents]
    current |= {move.pk: move_snapshot(move).content_hash for move in moves}
    stages = {move.pk: move.to_stage_id for move in moves}
    found = {}
    for question in sorted(overtaken_questions(asked, current)):
        about = sorted((one for one in asked if one.question_id == question), key=as_shown)
        found[question] = AskedAgain(about, _form(standing.deal, about, stages))
    return found


def _form(deal: Deal, about: Sequence[Consent], stages: Mapping[UUID, UUID | None]) -> str:
    chosen = [("about", one.kind) for one in about] + [("whom", str(about[0].participant_id))]
    chosen += [
        ("to_stage", str(stages[one.subject_id])) for one in about if one.kind == MOVE and stages[one.subject_id]
    ]
    return f"{reverse('deals:ask', args=[deal.pk])}?{urlencode(chosen)}"
