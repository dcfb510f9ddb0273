"""Deals: pipelines, sections, and what both sides write in them."""

from deals.models.criterion import Criterion, Direction, Frequency, Weight
from deals.models.deal import Deal, DealStatus, LostTo
from deals.models.exchange_rate import ExchangeRate
from deals.models.line_item import LineItem
from deals.models.pipeline import Pipeline, Stage, StageGate
from deals.models.problem import Period, ProblemPart, ProblemStatement
from deals.models.product import Billing, Price, Product
from deals.models.section import AGREEABLE, Section, SectionKind
from deals.models.set_aside import SetAside
from deals.models.stage_move import MOVE, StageMove, Waiver
from deals.models.stage_total import StageTotal
from deals.models.stakeholder import Assessment, Attitude, Influence, Stakeholder, StakeholderRole
from deals.models.thanks import Thanks

__all__ = [
    "AGREEABLE",
    "MOVE",
    "Assessment",
    "Attitude",
    "Billing",
    "Criterion",
    "Deal",
    "DealStatus",
    "Direction",
    "ExchangeRate",
    "Frequency",
    "Influence",
    "LineItem",
    "LostTo",
    "Period",
    "Pipeline",
    "Price",
    "ProblemPart",
    "ProblemStatement",
    "Product",
    "Section",
    "SectionKind",
    "SetAside",
    "Stage",
    "StageGate",
    "StageMove",
    "StageTotal",
    "Stakeholder",
    "StakeholderRole",
    "Thanks",
    "Waiver",
    "Weight",
]
