"""`manage.py create_api_key`: makes a key for somebody and prints it, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.actions.api_key import create_api_key
from crm.actors import SYSTEM
from crm.address import normal_address
from crm.errors import DomainError
from crm.models import User
from crm.scopes import scopes


class Command(BaseCommand):
    """The key goes to standard output alone, so that it can be piped; everything else to standard error."""

    help = "Make an API key and print it once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whose key it is, what it may do, how long."""
        parser.add_argument("--user", required=True, help="e-mail address of the owner")
        parser.add_argument("--scopes", required=True, help=f"all, or some of: {', '.join(scopes())}")
        parser.add_argument("--name", default="Made on the command line")
        parser.add_argument("--days", type=int, help="how long it lasts; until it is revoked when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it and print it."""
        user = User.objects.active().filter(email__iexact=normal_address(options["user"])).first()
        if user is None:
            raise CommandError(f"There is nobody active with the address {options['user']}.")
        wanted = options["scopes"].strip()
        chosen = list(scopes()) if wanted == "all" else [one.strip() for one in wanted.split(",") if one.strip()]
        try:
            key, secret = create_api_key(
                actor=SYSTEM, user_id=user.pk, name=options["name"], scopes=chosen, days=options["days"]
            )
        except DomainError as error:
            raise CommandError(
                "; ".join(f"{one.field}: {one.message}" for one in error.faults) or str(error)
            ) from error
        self.stdout.write(secret)
        until = f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "until it is revoked"
        self.stderr.write(f"A key of {user.name}, {until}, for {', '.join(key.scopes)}. It is not shown again.")
