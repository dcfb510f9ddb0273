"""What is typed beside a row."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.web.comment import SayForm
from crm.web.forms import WordsField


class CommentForm(SayForm):
    """A comment on one row; `private` keeps it on our side."""

    body = WordsField(label=_("Comment"), rows=2, help_text=_("@name tells somebody of this room."))
    disputes = forms.BooleanField(label=_("We see this differently"), required=False)

    def __init__(self, data: Any = None, *, row_id: UUID) -> None:
        super().__init__(data, auto_id=f"comment_{row_id}_%s")
        self.row_id = row_id

    @classmethod
    def opened_by(cls, request: HttpRequest) -> "CommentForm | None":
        """Return the empty form that the address opens (`?comment=ID`), None for none."""
        try:
            return cls(row_id=UUID(request.GET.get("comment", "")))
        except ValueError:
            return None
