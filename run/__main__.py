"""`python3 -m run [serve|check|test]`: makes the environment, then goes on inside it."""

import sys

from run.environment import hand_over

COMMANDS = {
    "serve": ("requirements.txt", "run.supervisor"),
    "check": ("requirements-dev.txt", "run.checks", "check"),
    "test": ("requirements-dev.txt", "run.checks", "test"),
}


def main() -> None:
    """Run the named command, `serve` when none is named."""
    name = sys.argv[1] if len(sys.argv) > 1 else "serve"
    if name not in COMMANDS:
        sys.exit(f"Unknown command {name}. There are: {', '.join(COMMANDS)}.")
    hand_over(*COMMANDS[name])


if __name__ == "__main__":
    main()
