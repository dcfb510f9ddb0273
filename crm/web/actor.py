"""Who acts on a staff page."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from crm.actors import Actor, as_user
from crm.models import User


def staff(request: HttpRequest) -> Actor:
    """Return the actor of a signed-in member of staff; pages are behind `login_required`, so anybody else is refused."""
    user = cast(User | AnonymousUser, request.user)
    if isinstance(user, AnonymousUser):
        raise PermissionDenied
    return as_user(user)
