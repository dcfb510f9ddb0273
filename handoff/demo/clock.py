"""The story's days, moved so that its "today" is the day of the first start."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from crm.clock import frozen


@dataclass(frozen=True)
class StoryClock:
    """`first_start` is when the demo was first started (aware); `today` the day in the story that it stands for.

    Moments keep their time of day. On the story's last day they are counted back from `first_start`, so that nothing lies
    in the future.
    """

    first_start: datetime
    today: date
    hour: time = time(10, 22)

    def moment(self, month: int, day: int, hour: int = 9, minute: int = 0, *, year: int = 2026) -> datetime:
        """Return the story's moment as a real one."""
        told = datetime(year, month, day, hour, minute, tzinfo=UTC)
        end = datetime.combine(self.today, self.hour, UTC)
        if told.date() >= self.today:
            return self.first_start - (end - told)
        return told + timedelta(days=self.shift)

    def day(self, month: int, day: int, *, year: int = 2026) -> date:
        """Return the story's day as a real one."""
        return date(year, month, day) + timedelta(days=self.shift)

    def words(self, month: int, day: int, *, year: int = 2026) -> str:
        """Return the day as the story writes it: "30 April"."""
        real = self.day(month, day, year=year)
        return f"{real.day} {real:%B}"

    @property
    def shift(self) -> int:
        """Days from the story to here."""
        return (self.first_start.date() - self.today).days

    @contextmanager
    def at(self, month: int, day: int, hour: int = 9, minute: int = 0, *, year: int = 2026) -> Iterator[datetime]:
        """Hold the product's clock at the story's moment."""
        with frozen(self.moment(month, day, hour, minute, year=year)) as held:
            yield held
