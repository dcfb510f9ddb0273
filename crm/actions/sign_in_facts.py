"""Forgetting from where people signed in: what evidence keeps of it, the sign-ins themselves, and what came before them."""

from datetime import timedelta

from django.conf import settings

from crm.clock import now
from crm.models import PasskeyChallenge, RoomSession, SignInCode, SignInFacts

COUNTED = timedelta(days=1)
"""How long codes and challenges are kept: longer than any limit of the door looks back."""


def drop_sign_in_facts() -> int:
    """Delete from where people signed in and answered after `SIGN_IN_FACTS_DAYS`, and codes and challenges that count no more.

    Returns how many rows changed or went. That somebody signed in, and when, stays.
    """
    limit, at = now() - timedelta(days=settings.SIGN_IN_FACTS_DAYS), now()
    sessions = RoomSession.objects.filter(created_at__lt=limit).exclude(address=None, browser="")
    emptied = sessions.update(address=None, browser="")
    old = (
        SignInFacts.objects.filter(payload__entry__at__lt=limit),
        SignInCode.objects.filter(created_at__lt=at - COUNTED),
        PasskeyChallenge.objects.filter(created_at__lt=at - COUNTED),
    )
    return emptied + sum(rows.delete()[0] for rows in old)
