#!/usr/bin/env python
"""Django's command line, with the database role that fits the command."""

import os
import secrets
import sys

# Commands that make, change or empty tables connect as the role that owns them.
OWNER_COMMANDS = {"migrate", "flush"}
# Commands that only read the code sign nothing, so any key will do.
CODE_COMMANDS = {"check", "collectstatic", "compilemessages", "makemessages", "makemigrations", "spectacular"}


def main() -> None:
    """Run one management command; those that change tables connect as the tables' owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    if command in CODE_COMMANDS:
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
