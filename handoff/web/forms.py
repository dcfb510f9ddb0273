"""What is typed on the pages after the close. Shapes only: the actions judge."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.checks import Checks
from crm.models import Participant, Room, User
from crm.web.forms import DayField, LineField, MustPickField, NumberField, WordsField
from crm.web.upload import UploadField
from handoff.models import Goal, Measurement


class VersionForm(forms.Form):
    """A form that says at which version its reader saw the row."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class WordsForm(forms.Form):
    """One text: a question, an answer, a dispute."""

    text = WordsField(rows=3)

    def __init__(self, *args: Any, label: Any = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = label


class VersionedWordsForm(VersionForm, WordsForm):
    """One text about a row at a version."""


class PersonForm(VersionForm):
    """Choosing somebody by name."""

    person = MustPickField()

    def __init__(
        self, *args: Any, label: Any, people: Iterable[User | Participant], nobody: Any = "", **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = self.fields["person"]
        field.label, field.required = label, not nobody
        choices = [(str(one.pk), one.contact.name if isinstance(one, Participant) else one.name) for one in people]
        field.choices = [("", nobody), *choices] if nobody else choices  # type: ignore[attr-defined]

    def chosen(self) -> UUID | None:
        """Return who was chosen."""
        return UUID(self.cleaned_data["person"]) if self.cleaned_data["person"] else None


class MeasurementForm(forms.Form):
    """A new value of a goal. A yes-or-no goal asks for yes or no instead of a number."""

    value = NumberField(label=_("Value"))
    measured_at = DayField(label=_("Measured on"))
    period = LineField(label=_("Period"), required=False)
    source = LineField(label=_("From what"), required=False)
    note = LineField(label=_("Why, and anything that shows it"), required=False)
    evidence = UploadField(
        label=_("A file that shows it"),
        required=False,
        help_text=_("Everybody in the room can open it."),
    )

    def __init__(self, *args: Any, goal: Goal, room: Room, **options: Any) -> None:
        options.setdefault("initial", {"source": goal.source})
        super().__init__(*args, **options)
        self.zone = ZoneInfo(room.time_zone)
        if goal.is_yes_or_no:
            self.fields["value"] = MustPickField(label=_("Done?"), choices=[("1", _("Yes")), ("0", _("No"))])

    def clean_measured_at(self) -> datetime | str | None:
        """Return the beginning of the day where the room is."""
        return day_begins(self.cleaned_data["measured_at"], self.zone)


class CorrectionForm(VersionForm):
    """A corrected value or day, and why. The day as it stands leaves the time as it is."""

    value = NumberField(label=_("The right value"))
    measured_at = DayField(label=_("Measured on"))
    note = LineField(label=_("What was wrong"))

    def __init__(self, *args: Any, row: Measurement, room: Room, **options: Any) -> None:
        self.zone = ZoneInfo(room.time_zone)
        self.stands_on = row.measured_at.astimezone(self.zone).date()
        initial = {"value": row.value, "measured_at": self.stands_on, "version": row.version}
        super().__init__(*args, **options, initial=initial)  # type: ignore[misc]

    def clean_measured_at(self) -> datetime | str | None:
        """Return the beginning of another day, None for the day that stands, and what is no day as it came."""
        value = self.cleaned_data["measured_at"]
        return None if value == self.stands_on.isoformat() else day_begins(value, self.zone)


def day_begins(value: Any, zone: ZoneInfo) -> datetime | str | None:
    """Return when the day that was typed begins in `zone`; what is no day goes on as it came, for the action."""
    day = Checks().day("measured_at", value, required=False)
    return datetime.combine(day, time(), zone) if day else value


def with_version(data: QueryDict | Any, version: int) -> QueryDict:
    """Return what was sent, about the row as it is now: the words stay, and the next try is about what is shown."""
    copy: QueryDict = data.copy()
    copy["version"] = str(version)
    return copy
