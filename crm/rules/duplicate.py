"""When two entries of the directory look like one: names without what every firm's name has, domains, addresses."""

import re
import unicodedata
from difflib import SequenceMatcher

LEGAL = frozenset(
    [
        "ab",
        "ag",
        "as",
        "asa",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "incorporated",
        "kg",
        "limited",
        "llc",
        "llp",
        "ltd",
        "nv",
        "oy",
        "oyj",
        "plc",
        "pty",
        "sa",
        "sarl",
        "sas",
        "se",
        "spa",
        "srl",
        "sro",
        "the",
        "ug",
    ]
)
"""Words that say what a firm is in law, and nothing about which one."""
ALIKE = 0.88
"""How much of two names is the same when they look like one."""
_WORD = re.compile(r"\w+")


def core(name: str) -> str:
    """Return a name without accents, capitals, punctuation and legal forms: what tells it from others."""
    plain = unicodedata.normalize("NFKD", name.replace(".", "")).casefold()
    words = _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))
    return " ".join([word for word in words if word not in LEGAL] or words)


def look_alike(one: str, other: str) -> bool:
    """Whether two names may mean the same. A different number is a different name: branch 1 is not branch 2."""
    mine, theirs = core(one), core(other)
    if not mine or not theirs:
        return False
    if mine.replace(" ", "") == theirs.replace(" ", ""):
        return True
    if re.findall(r"\d+", mine) != re.findall(r"\d+", theirs):
        return False
    return SequenceMatcher(a=min(mine, theirs), b=max(mine, theirs), autojunk=False).ratio() >= ALIKE
