"""Who is meant by an @ in a text: people are named as they are called, no picker and no codes needed."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

Person = TypeVar("Person")
_AT = re.compile(r"(?<![\w@.])@(?=\w)")


def mentioned(text: str, people: Mapping[Person, str]) -> list[Person]:
    """Return who of `people` (each with a full name) is meant in `text`, in the order of the text, each once.

    "@Maya Okafor" and, where only one person is called so, "@Maya". Case does not matter; an address such as
    maya@nordlicht.example names nobody. Of two names that both fit, the longer one is meant.
    """
    names = _names(people)
    longest_first = sorted(names, key=len, reverse=True)
    found: dict[Person, None] = {}
    for at in _AT.finditer(text):
        rest = text[at.end() :].casefold()
        for name in longest_first:
            if rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum():
                found.setdefault(names[name])
                break
    return list(found)


def _names(people: Mapping[Person, str]) -> dict[str, Person]:
    """Return what each person can be called: the full name, and the first name where nobody else has it.

    Two people with the same full name are told apart by nothing, so an @ means neither.
    """
    full = {person: " ".join(name.casefold().split()) for person, name in people.items()}
    first = {person: name.split(" ")[0] for person, name in full.items() if name}
    taken = Counter(name for person in full for name in {full[person], first.get(person, full[person])})
    return {
        name: person for person in full for name in (full[person], first.get(person, "")) if name and taken[name] == 1
    }
