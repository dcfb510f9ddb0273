"""A file together with other fields: taken in as it comes, so that a refused form does not ask for it again.

A view calls `sent_file` before its action, lets the action's transaction `attach` the file, and after a refusal has it
`show` what became of it. Staff pages and the room do the same.
"""

from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile

from crm.actions.upload import attach_upload, keep_upload, kept_upload
from crm.actors import Actor
from crm.errors import Invalid
from crm.models import Upload


class UploadInput(forms.FileInput):
    """Choosing a file. One that is kept already is named, and goes along unless another is chosen or it is left out."""

    template_name = "crm/forms/upload.html"
    kept: Upload | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The file that came, else the id of the one that is kept, else None."""
        kept = None if data.get(f"{name}-without") else data.get(f"{name}-kept")
        return super().value_from_datadict(data, files, name) or kept or None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """What the template draws."""
        return super().get_context(name, value, attrs) | {"kept": self.kept}


class UploadField(forms.Field):
    """A file, or the id of one that was kept. Judged by `sent_file`."""

    widget = UploadInput


@dataclass(frozen=True)
class SentFile:
    """The file in the field `name` of a form: kept (`upload`), not taken (`refusal`), or none came."""

    form: forms.BaseForm
    name: str
    upload: Upload | None = None
    refusal: Invalid | None = None

    def attach(self, actor: Actor) -> UUID | None:
        """Put the file into its room, in the transaction of what rests on it. Raises `Invalid` at `file`."""
        if self.refusal:
            raise self.refusal
        return attach_upload(actor=actor, upload=self.upload).pk if self.upload else None

    def show(self) -> None:
        """Let the refused form name the file it keeps, or say why it keeps none."""
        cast(UploadInput, self.form.fields[self.name].widget).kept = self.upload
        if self.refusal and self.name not in self.form.errors:
            for fault in self.refusal.faults:
                self.form.add_error(self.name, str(fault.message))


def sent_file(form: forms.BaseForm, name: str, *, actor: Actor, room_id: UUID) -> SentFile:
    """Take in the file that came with a form about a room, whatever else is wrong with the form."""
    value = form[name].data
    try:
        if isinstance(value, UploadedFile):
            content = cast(BinaryIO, value)
            kept = keep_upload(actor=actor, room_id=room_id, name=value.name or "", content=content, size=value.size)
            return SentFile(form, name, kept)
        if value:
            return SentFile(form, name, kept_upload(actor=actor, room_id=room_id, upload_id=str(value)))
    except Invalid as refusal:
        return SentFile(form, name, refusal=refusal)
    return SentFile(form, name)
