"""Deals: pipelines, sections, and what both sides write in them."""

from deals.models.criterion import Criterion, Direction, Frequency, Weight
from deals.models.deal import Deal, DealStatus
from deals.models.pipeline import Pipeline, Stage, StageGate
from deals.models.problem import Period, ProblemPart, ProblemStatement
from deals.models.section import AGREEABLE, Section, SectionKind
from deals.models.set_aside import SetAside
from deals.models.stage_move import MOVE, StageMove, Waiver
from deals.models.stage_total import StageTotal
from deals.models.stakeholder import Assessment, Attitude, Influence, Stakeholder, StakeholderRole

__all__ = [
    "AGREEABLE",
    "MOVE",
    "Assessment",
    "Attitude",
    "Criterion",
    "Deal",
    "DealStatus",
    "Direction",
    "Frequency",
    "Influence",
    "Period",
    "Pipeline",
    "ProblemPart",
    "ProblemStatement",
    "Section",
    "SectionKind",
    "SetAside",
    "Stage",
    "StageGate",
    "StageMove",
    "StageTotal",
    "Stakeholder",
    "StakeholderRole",
    "Waiver",
    "Weight",
]
