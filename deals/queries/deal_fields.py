"""The fields of deals as tables show them, filters compare them and lists are sorted by them."""

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import Role, Team, User
from crm.record_kinds import Options, RecordField
from crm.rules.filter import FieldType
from deals.models import DealStatus, LostTo, Pipeline, Stage

STATUS, TEAM, OWNER, TURN = "status", "team", "owner", "turn"
OPEN = f"{STATUS}:is:{DealStatus.OPEN}"


def _owners(actor: Actor) -> Options:
    return _people(actor, team__isnull=False)


def _takers(actor: Actor) -> Options:
    return _people(actor, role=Role.SUCCESS)


def _people(actor: Actor, **only: Any) -> Options:
    rows = User.objects.visible_to(actor).active().filter(**only).order_by("name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def _teams(actor: Actor) -> Options:
    return [(str(pk), name) for pk, name in Team.objects.visible_to(actor).values_list("pk", "name")]


def _pipelines(actor: Actor) -> Options:
    return [(str(pk), name) for pk, name in Pipeline.objects.filter(archived_at=None).values_list("pk", "name")]


def _stages(actor: Actor) -> Options:
    stages = Stage.objects.filter(pipeline__archived_at=None).order_by(
        "pipeline__position", "pipeline__name", "position"
    )
    rows = list(stages.values_list("pk", "name", "pipeline__name"))
    several = len({pipeline for _pk, _name, pipeline in rows}) > 1
    return [(str(pk), f"{pipeline}: {name}" if several else name) for pk, name, pipeline in rows]


TURNS = {"us": False, "client": True}
"""Whom a deal waits for, and what that is in `Deal.waits_for_client`."""
_TURNS = (("us", _("Us")), ("client", _("The client")))

FIELDS = (
    RecordField(
        "organization",
        _("Client"),
        FieldType.TEXT,
        "organization__name",
        lambda deal: deal.organization.name if deal.organization else None,
        blank=True,
    ),
    RecordField("title", _("What it is about"), FieldType.TEXT, "title", lambda deal: deal.title, change="title"),
    RecordField(
        "stage",
        _("Stage"),
        FieldType.CHOICE,
        "stage",
        lambda deal: deal.stage.name,
        order=F("pipeline__position") * 1000 + F("stage__position"),
        options=_stages,
        is_id=True,
    ),
    RecordField(
        "pipeline",
        _("Pipeline"),
        FieldType.CHOICE,
        "pipeline",
        lambda deal: deal.pipeline.name,
        order="pipeline__name",
        options=_pipelines,
        is_id=True,
    ),
    RecordField(
        STATUS,
        _("Status"),
        FieldType.CHOICE,
        "status",
        lambda deal: deal.get_status_display(),
        options=lambda _actor: DealStatus.choices,
        values={value: value for value in DealStatus.values},
    ),
    RecordField(
        "ground",
        _("Common ground"),
        FieldType.TEXT,
        "title",
        lambda deal: None,
        order="",
        can_filter=False,
        template="deals/table/_ground.html",
    ),
    RecordField(
        TURN,
        _("Waits for"),
        FieldType.CHOICE,
        "waits_for_client",
        lambda deal: None,
        order="",
        options=lambda _actor: _TURNS,
        values=TURNS,
        template="deals/table/_turn.html",
    ),
    RecordField(
        "amount",
        _("Amount"),
        FieldType.MONEY,
        "amount",
        lambda deal: deal.amount,
        currency="currency",
        blank=True,
        change="amount",
    ),
    RecordField(
        "amount_note",
        _("A word on the amount"),
        FieldType.TEXT,
        NullIf(F("amount_note"), Value("")),
        lambda deal: deal.amount_note,
        blank=True,
        change="amount_note",
    ),
    RecordField(
        "close_on",
        _("Agree by"),
        FieldType.DAY,
        "close_on",
        lambda deal: deal.close_on,
        blank=True,
        change="close_on",
        bulk=True,
    ),
    RecordField(
        OWNER,
        _("Owner"),
        FieldType.CHOICE,
        "owner",
        lambda deal: deal.owner.name,
        order="owner__name",
        options=_owners,
        is_id=True,
        is_person=True,
        change="owner",
        bulk=True,
    ),
    RecordField(
        TEAM,
        _("Team"),
        FieldType.CHOICE,
        "team",
        lambda deal: deal.team.name,
        order="team__name",
        options=_teams,
        is_id=True,
    ),
    RecordField(
        "success_owner",
        _("Takes over after the close"),
        FieldType.CHOICE,
        "success_owner",
        lambda deal: deal.success_owner.name if deal.success_owner else None,
        order="success_owner__name",
        options=_takers,
        is_id=True,
        is_person=True,
        blank=True,
        change="success_owner",
        bulk=True,
    ),
    RecordField("created_at", _("Opened"), FieldType.TIME, "created_at", lambda deal: deal.created_at),
    RecordField(
        "stage_entered_at",
        _("In this stage since"),
        FieldType.TIME,
        "stage_entered_at",
        lambda deal: deal.stage_entered_at,
    ),
    RecordField("updated_at", _("Last change"), FieldType.TIME, "updated_at", lambda deal: deal.updated_at),
    RecordField("ended_at", _("Ended"), FieldType.TIME, "ended_at", lambda deal: deal.ended_at, blank=True),
    RecordField(
        "lost_to",
        _("They chose"),
        FieldType.CHOICE,
        NullIf(F("lost_to"), Value("")),
        lambda deal: deal.get_lost_to_display() or None,
        options=lambda _actor: LostTo.choices,
        values={value: value for value in LostTo.values},
        blank=True,
    ),
    RecordField(
        "talk_again_on",
        _("Talk again on"),
        FieldType.DAY,
        "talk_again_on",
        lambda deal: deal.talk_again_on,
        blank=True,
    ),
)
