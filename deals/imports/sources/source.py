"""What a known system's export says: which header stands for which field, and which words mean the end of a deal."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

Headers = Mapping[str, tuple[str, ...]]
"""Field → the headers it goes by, the best one first. Case, stars and outer white space do not count."""


@dataclass(frozen=True)
class Source:
    """One system. `headers` are by kind of rows; `statuses` and `activities` give what its own fixed words mean.

    What a company called its stages itself is in no preset: it is asked about. `parts` names a kind's rows where an import
    by command has named them before. `day_order` is how it writes days when that is fixed.
    """

    name: str
    label: str | Promise
    headers: Mapping[str, Headers]
    statuses: Mapping[str, str] = field(default_factory=dict)
    activities: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    day_order: str = ""

    def rows_of(self, kind: str) -> str:
        """Return the name under which rows of a kind are remembered."""
        return f"{self.name}:{self.parts.get(kind, kind)}"
