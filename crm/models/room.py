"""The room: the shared space of one collaboration, and the one place where access is decided."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.clock import own_time_zone
from crm.ids import new_id
from crm.models.team import Team, TeamQuerySet
from crm.models.user import Role

if TYPE_CHECKING:
    from crm.actors import Actor


class RoomQuerySet(models.QuerySet["Room"]):
    """The predicate "rooms this actor is in". Pages, REST, feed, search and files all start here."""

    def visible_to(self, actor: "Actor") -> "RoomQuerySet":
        """Return the rooms the actor may read; see "The room" in the product's design."""
        if actor.is_system:
            return self
        if actor.participant:
            return self.filter(Exists(actor.participant.standing().filter(room=OuterRef("pk"))))
        user = actor.user
        if user is None or not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        return self.filter(_owned_or_member(actor) | _of_team(actor))

    def outside_teams_of(self, actor: "Actor") -> "RoomQuerySet":
        """Return the rooms the actor reads in their own name, beside those of the teams they read whole.

        Few, whatever the table holds: they are found from the actor's side.
        """
        if actor.participant:
            return self.visible_to(actor)
        if actor.user is None or not actor.user.is_active or actor.user.is_admin:
            return self.none()
        teams = teams_read_by(actor)
        own = Room.objects.filter(owner=actor.user).exclude(team__in=teams).values("pk")
        joined = RoomMember.objects.filter(user=actor.user).exclude(room__team__in=teams).values("room")
        return self.filter(pk__in=own.union(joined))

    def writable_by(self, actor: "Actor") -> "RoomQuerySet":
        """Return the rooms the actor may write in: the rest of a team reads only."""
        if actor.is_system or actor.participant or (actor.user and actor.user.is_admin):
            return self.visible_to(actor)
        if actor.user is None or not actor.user.is_active:
            return self.none()
        may_write = _owned_or_member(actor)
        if actor.user.role == Role.MANAGER:
            may_write |= _of_team(actor)
        return self.filter(may_write)


def _owned_or_member(actor: "Actor") -> Q:
    members = RoomMember.objects.filter(room=OuterRef("pk"), user=actor.user)
    return Q(owner=actor.user) | Q(Exists(members))


def _of_team(actor: "Actor") -> Q:
    return Q(team__in=teams_read_by(actor))


def teams_read_by(actor: "Actor") -> TeamQuerySet:
    """Return the teams of which the actor reads every room, whoever is in it."""
    user = actor.user
    if actor.is_system or (user is not None and user.is_active and user.is_admin):
        return Team.objects.all()
    if user is None or not user.is_active or user.team_id is None or user.role in (Role.SUCCESS, Role.DELIVERY):
        return Team.objects.none()
    if user.role == Role.MANAGER:
        return Team.objects.filter(lineage__contains=[user.team_id])
    return Team.objects.filter(pk=user.team_id)


class Room(models.Model):
    """A room. Deals, success plans, comments, files, consents and events hang on it. Its lock serialises its ledger."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    organization = models.ForeignKey("crm.Organization", models.PROTECT, null=True, blank=True, related_name="rooms")
    team = models.ForeignKey("crm.Team", models.PROTECT, related_name="rooms")
    owner = models.ForeignKey("crm.User", models.PROTECT, related_name="rooms")
    time_zone = models.CharField(max_length=64, default=own_time_zone)
    colleagues_welcomed_by = models.ForeignKey(
        "crm.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who said that the client's own addresses come in without being asked about; empty: nobody did.",
    )
    welcomed_domain = models.CharField(
        max_length=253,
        blank=True,
        db_default="",
        help_text="The domain that was said about; of another one nobody comes in.",
    )
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = RoomQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "id"], name="room_by_owner"),
            models.Index(fields=["team", "id"], name="room_by_team"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def welcomes_colleagues(self) -> bool:
        """Whether people with an address of the client's own domain come in when a buyer asks for them.

        Once the directory names another domain, or the room belongs to another client, that has to be said anew.
        """
        domain = self.organization.domain.lower() if self.organization and self.colleagues_welcomed_by_id else ""
        return bool(domain) and domain == self.welcomed_domain

    def welcomes(self, email: str) -> bool:
        """Whether somebody with this address comes in when a buyer asks for them."""
        return self.welcomes_colleagues and email.lower().rpartition("@")[2] == self.welcomed_domain


class RoomMember(models.Model):
    """A member of staff who works in a room, besides its owner."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="members")
    user = models.ForeignKey("crm.User", models.PROTECT, related_name="memberships")
    added_by = models.ForeignKey("crm.User", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="room_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}"
