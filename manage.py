#!/usr/bin/env python
"""Django's command line, with the database role that fits the command."""

import os
import sys

OWNER_COMMANDS = {"migrate", "flush", "sqlflush", "prune", "restore"}


def main() -> None:
    """Run one management command; those that change tables connect as the tables' owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
