"""Reading staff."""

from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import User
from crm.models.user import UserQuerySet


def users(actor: Actor, *, active: bool = True) -> UserQuerySet:
    """Return staff with their teams, for staff; `active` leaves out those who can no longer sign in."""
    rows: UserQuerySet = User.objects.visible_to(actor).select_related("team")
    return rows.active() if active else rows


def get_user(actor: Actor, user_id: UUID) -> User:
    """Return one member of staff, active or not. Raises `NotFound`."""
    user = users(actor, active=False).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user
