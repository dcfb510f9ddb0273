"""Views of lists: a filter with columns and an order, kept under a name."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models.team import Team
from crm.rules.filter import Group, from_json, text_of

if TYPE_CHECKING:
    from crm.actors import Actor


class ViewForm(models.TextChoices):
    """How the rows of a view are shown."""

    TABLE = "table", _("Table")
    BOARD = "board", _("Board")
    CALENDAR = "calendar", _("Calendar")


class ViewQuerySet(models.QuerySet["View"]):
    """Saved views: one's own, and those shared with one's team or one above it."""

    def visible_to(self, actor: "Actor") -> "ViewQuerySet":
        """Return the views the actor may open. What is in them is another question: each sees the rows they see anyway."""
        user = actor.user
        if user is None or not actor.is_seller:
            return self.none()
        above = Func(F("lineage"), function="unnest", set_returning=True)
        teams = Team.objects.filter(pk__in=[user.team_id]).annotate(above=above).order_by().values("above")
        return self.filter(Q(owner=user) | Q(team__in=teams))


class View(models.Model):
    """A filter, columns and an order over one kind of record; `team` is whom it is shared with, None for nobody.

    `kind` names a kind of record, `filter` is JSON as `crm.rules.filter` reads it, `columns` and `sort` name its fields
    (`-amount`: the largest first). An unsaved one is what somebody looks at without having kept it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    form = models.CharField(max_length=8, choices=ViewForm, default=ViewForm.TABLE)
    filter = models.JSONField(default=dict, blank=True)
    columns: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    sort = models.CharField(max_length=80, blank=True)
    owner = models.ForeignKey("crm.User", models.PROTECT, related_name="views")
    team = models.ForeignKey("crm.Team", models.PROTECT, null=True, blank=True, related_name="views")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["team", "kind"], name="view_by_team")]
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def group(self) -> Group:
        """Its filter."""
        return from_json(self.filter)

    @property
    def where(self) -> str:
        """Its filter as it stands in an address."""
        return text_of(self.group)

    @property
    def says(self) -> dict[str, Any]:
        """What it shows, to compare with another one."""
        return {"where": self.where, "columns": list(self.columns), "sort": self.sort, "form": self.form}


class DefaultView(models.Model):
    """The view in which somebody begins."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=32)
    view = models.ForeignKey(View, models.CASCADE, related_name="default_of")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="default_view_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.view_id}"
