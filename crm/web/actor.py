"""Who acts on a staff page."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from crm.actions.team import check_admin
from crm.actors import Actor, as_user


def staff(request: HttpRequest) -> Actor:
    """Return the actor of a signed-in member of staff; pages are behind `login_required`, others are refused."""
    if isinstance(request.user, AnonymousUser):
        raise PermissionDenied
    return as_user(request.user)


def administrator(request: HttpRequest) -> Actor:
    """Return the actor of a signed-in administrator. Raises `NotAllowed` for the rest of the staff."""
    actor = staff(request)
    check_admin(actor)
    return actor
