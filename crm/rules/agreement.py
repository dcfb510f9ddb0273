"""The state shown by the agreement glyph: a comparison of hashes, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AgreementState(StrEnum):
    """The states of the glyph; `g-` and the value with "-" for "_" is its symbol."""

    NONE = "none"  # nobody was asked
    SELLER = "seller"  # the seller asked, the buyer's turn
    BUYER = "buyer"  # the buyer asked, the seller's turn
    CHANGE = "change"  # "I'd change…"
    BOTH = "both"  # agreed
    STALE = "stale"  # agreed, and edited since
    DECLINED = "declined"  # the buyer declined or withdrew
    DECLINED_SELLER = "declined_seller"  # the seller declined or withdrew

    @property
    def glyph(self) -> str:
        """The id of the symbol in the icon sprite."""
        return "g-" + self.value.replace("_", "-")


class Answer(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    CHANGE = "change"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    CONTESTED = "contested"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class AnswerData:
    """One question to one person, as it stands now.

    `asked_side` is the side of the person asked, `revision_hash` the content it was about, `at` when it came to stand
    like this. `superseded`: a later question to the same person has taken its place.
    """

    asked_side: str
    answer: str
    revision_hash: str
    at: datetime
    superseded: bool = False


def agreement_state(current_hash: str, answers: Sequence[AnswerData]) -> AgreementState:
    """Return the state of the content with `current_hash`. The first line of this table that fits decides:

    ====  ==================================================================  =================================
    rank  standing answers                                                    state
    ====  ==================================================================  =================================
    1     somebody agreed to the current content                              both
    2     the newest says: declined or withdrawn                              declined, by a seller
                                                                              declined_seller
    3     the newest says: "I'd change…"                                      change
    4     the newest says: agreed (to older content)                          stale
    5     the newest asks about the current content, somebody agreed before   stale
    6     the newest asks about the current content, nobody agreed before     seller; buyer if a seller is asked
    7     nothing                                                             none
    ====  ==================================================================  =================================

    Replaced, contested, cancelled and superseded answers do not stand.
    A question about older content waits for nobody: its answer would be refused, so it does not count as asked. Of
    two with the same time the later in `answers` is the newer.
    """
    standing = [answer for answer in answers if _stands(answer, current_hash)]
    if any(answer.answer == Answer.AGREED and answer.revision_hash == current_hash for answer in standing):
        return AgreementState.BOTH
    if not standing:
        return AgreementState.NONE
    _, newest = max(enumerate(standing), key=lambda item: (item[1].at, item[0]))
    by_seller = newest.asked_side == "seller"
    if newest.answer in (Answer.DECLINED, Answer.WITHDRAWN):
        return AgreementState.DECLINED_SELLER if by_seller else AgreementState.DECLINED
    if newest.answer == Answer.CHANGE:
        return AgreementState.CHANGE
    if any(answer.answer == Answer.AGREED for answer in standing):
        return AgreementState.STALE
    return AgreementState.BUYER if by_seller else AgreementState.SELLER


def _stands(answer: AnswerData, current_hash: str) -> bool:
    if answer.superseded or answer.answer in (Answer.REPLACED, Answer.CONTESTED, Answer.CANCELLED):
        return False
    return answer.answer != Answer.ASKED or answer.revision_hash == current_hash
