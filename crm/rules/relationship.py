"""How a line about a relationship reads: what happened, and after a colon when, or who said it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One line: `what` happened or is missing, and `more` about it; "" without."""

    what: str
    more: str = ""


def said_lines(text: str) -> list[Said]:
    """Return the lines of a text. What stands after the first ": " says more; no word is left out."""
    return [_said(line) for line in text.split("\n") if line.strip()]


def _said(line: str) -> Said:
    what, colon, more = line.strip().partition(": ")
    return Said(what, more) if colon and what and more else Said(line.strip())
