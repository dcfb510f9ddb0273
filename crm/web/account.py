"""How allauth behaves here: nobody signs up, staff are made by an administrator."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in for staff. Buyers and partners have their own way in and never an account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Signing up is closed."""
        return False
