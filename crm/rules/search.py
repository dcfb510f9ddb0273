"""What somebody types into the search box: taken apart, and how well a name fits it."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST, MOST_WORDS = 100, 8
"""Characters and words of a query that are looked at."""
MISSPELLABLE = 4
"""Letters from which on a word may be misspelt; shorter ones are like too many others."""
ALIKE = 0.7
"""How much of two words is the same when one is a slip of the other."""
_WORD = re.compile(r"\w+")
_UNREADABLE = ("Cc", "Cs")
"""Control characters and halves of characters, which no database keeps."""


@dataclass(frozen=True)
class Query:
    """A query: its `text` with single spaces, and its `words` in lower case. Without words it finds nothing."""

    text: str
    words: tuple[str, ...]

    @property
    def in_full_text(self) -> str:
        """The query in PostgreSQL's words: each word there, or the beginning of one, unless so short that all begin so."""
        return " & ".join(f"'{word}':*" if len(word) >= 3 else f"'{word}'" for word in self.words)


def parse(typed: str) -> Query:
    """Return what was typed as a query; whatever it is, it can be searched for."""
    readable = "".join(" " if unicodedata.category(one) in _UNREADABLE else one for one in typed[: 4 * LONGEST])
    text = " ".join(unicodedata.normalize("NFC", readable).split())[:LONGEST].strip()
    return Query(text, tuple(_WORD.findall(text.lower())[:MOST_WORDS]))


def fit(name: str, query: Query) -> tuple[bool, bool, bool, int]:
    """Return a key that sorts names by how well they fit: the same, begins so, words begin so, how many words are missing."""
    spelled, sought = name.lower(), query.text.lower()
    begin = [one.start() for one in _WORD.finditer(spelled)]
    return (
        spelled != sought,
        not spelled.startswith(sought),
        not all(any(spelled.startswith(word, at) for at in begin) for word in query.words),
        missing(name, query),
    )


def missing(name: str, query: Query) -> int:
    """Return how many words of the query are not in a name, nor anything that differs by a slip or two."""
    spelled = name.lower()
    own = _WORD.findall(spelled)
    return sum(word not in spelled and not any(_is_slip(word, one) for one in own) for word in query.words)


def _is_slip(word: str, meant: str) -> bool:
    """Whether a word is meant by what was typed, or what was typed so far."""
    if len(word) < MISSPELLABLE:
        return False
    slips = SequenceMatcher(b=word, autojunk=False)
    for one in {meant, meant[: len(word)]}:
        slips.set_seq1(one)
        if slips.real_quick_ratio() >= ALIKE and slips.quick_ratio() >= ALIKE and slips.ratio() >= ALIKE:
            return True
    return False


def excerpt(text: str, query: Query, length: int = 140) -> str:
    """Return the part of a text in which the first of the query's words stands, in one line."""
    line = " ".join(text.split())
    found = [at for at in (line.lower().find(word) for word in query.words) if at >= 0]
    start = max(0, min(found, default=0) - length // 3)
    if start:
        start = line.rfind(" ", 0, start) + 1
    part = line[start : start + length]
    return f"{'… ' if start else ''}{part}{'…' if start + length < len(line) else ''}"
