"""Finding a person in texts, and taking them out: by whole name, e-mail address, telephone number, or id.

A first name alone is nobody in particular, and "Will" is a word: a name of one word is looked for only where a field
holds nothing else (`is_name`). Case and the white space inside a name do not matter, the ends of words do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SHORTEST_PHONE = 6
"""Digits that a telephone number needs to be looked for: "112" is in many texts."""


@dataclass(frozen=True)
class Traces:
    """What gives a person away: `name`, `words` (whole name, e-mail, phone) and `ids` of the rows that stand for them."""

    name: str
    words: tuple[str, ...]
    ids: tuple[str, ...] = ()

    def are_in(self, value: Any) -> bool:
        """Whether a text, or any text or key within plain JSON, names the person or one of the ids."""
        pattern = self._pattern((*self.words, *self.ids))
        return _any_text(value, lambda text: self.is_name(text) or bool(pattern and pattern.search(text)))

    def is_name(self, text: str) -> bool:
        """Whether a text is this person's name and nothing else."""
        return bool(self.name) and _plain(text) == _plain(self.name)

    def masked(self, value: Any, mask: str) -> Any:
        """Return a text or plain JSON with `mask` in the place of each word; what holds none comes back equal."""
        pattern = self._pattern(self.words)

        def mend(text: str) -> str:
            if self.is_name(text):
                return mask
            return pattern.sub(lambda _found: mask, text) if pattern else text

        return _mended(value, mend)

    def _pattern(self, words: tuple[str, ...]) -> re.Pattern[str] | None:
        if not words:
            return None
        longest_first = sorted(words, key=len, reverse=True)
        parts = (r"\s+".join(re.escape(part) for part in word.split()) for word in longest_first)
        return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


def traces_of(name: str, email: str = "", phone: str = "", ids: tuple[str, ...] = ()) -> Traces:
    """Return what to look for."""
    words = [name] if len(name.split()) > 1 else []
    words += [email] if "@" in email else []
    words += [phone] if sum(sign.isdigit() for sign in phone) >= SHORTEST_PHONE else []
    return Traces(name.strip(), tuple(words), ids)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _any_text(value: Any, test: Callable[[str], bool]) -> bool:
    if isinstance(value, str):
        return test(value)
    if isinstance(value, dict):
        return any(_any_text(one, test) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple):
        return any(_any_text(one, test) for one in value)
    return False


def _mended(value: Any, mend: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, dict):
        return {mend(key) if isinstance(key, str) else key: _mended(one, mend) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(one, mend) for one in value]
    return value
