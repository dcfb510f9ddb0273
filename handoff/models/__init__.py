"""Handoffs, success plans, goals and measurements."""

from handoff.models.brief import BriefItem, ItemKind, ItemQuestion, ItemState
from handoff.models.goal import Goal, GoalState
from handoff.models.handoff import Handoff, HandoffState
from handoff.models.measurement import Dispute, Measurement, MeasurementState
from handoff.models.success_plan import SuccessPlan

__all__ = [
    "BriefItem",
    "Dispute",
    "Goal",
    "GoalState",
    "Handoff",
    "HandoffState",
    "ItemKind",
    "ItemQuestion",
    "ItemState",
    "Measurement",
    "MeasurementState",
    "SuccessPlan",
]
