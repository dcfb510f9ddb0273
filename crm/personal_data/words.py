"""What somebody wrote or handed in, what was asked of them, and where others name them."""

from typing import Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from crm.models import (
    AccessRequest,
    Activity,
    Attachment,
    Comment,
    Consent,
    DataRequest,
    Organization,
    Question,
    Relationship,
    Room,
    Task,
    Upload,
)
from crm.personal_data.files import erase_files
from crm.personal_data.person import Person
from crm.personal_data.rows import Texts, deleted, erased_words, fields_of, plain, texts_place
from crm.registry import PersonalDataPlace


def _comments(person: Person) -> Any:
    return Comment.objects.filter(by_contact=person.contact)


def _activities(person: Person) -> Any:
    return Activity.objects.filter(by_contact=person.contact)


def _files(person: Person) -> Any:
    """Return the files they added. What is evidence for an answer is a place of its own."""
    mine = Attachment.objects.filter(by_contact=person.contact)
    return mine.exclude(pk__in=Question.objects.filter(evidence__isnull=False).values("evidence"))


def _questions(person: Person) -> Any:
    return Question.objects.filter(asked_of__contact=person.contact)


def _consents(person: Person) -> Any:
    return Consent.objects.filter(participant__contact=person.contact)


def _uploads(person: Person) -> Any:
    return Upload.objects.filter(by_contact=person.contact)


def _erase_uploads(person: Person) -> int:
    """Delete the files of forms they did not send again. The bytes go first: a row alone does no harm."""
    for upload in _uploads(person):
        default_storage.delete(upload.path)
    return deleted(_uploads(person))


def _erase_questions(person: Person) -> int:
    return int(
        _questions(person).update(given_where="", note="", useful_by="")
        + _questions(person).exclude(words="").update(words=erased_words())
        + _consents(person).exclude(note="", objection="", correction="").update(note="", objection="", correction="")
    )


def _data_requests(person: Person) -> Any:
    return DataRequest.objects.filter(contact=person.contact)


PLACES = (
    PersonalDataPlace(
        name="comments",
        label=_("Messages and comments"),
        fields=fields_of("crm.Comment", "body"),
        export=lambda person: plain(_comments(person), "room__title", "section", "body", "private_to", "created_at"),
        erase=lambda person: int(_comments(person).update(body=erased_words())),
    ),
    PersonalDataPlace(
        name="activities",
        label=_("Calls, meetings and notes you wrote down"),
        fields=fields_of("crm.Activity", "subject", "body"),
        export=lambda person: plain(_activities(person), "room__title", "type", "at", "subject", "body"),
        erase=lambda person: int(_activities(person).update(subject=erased_words(), body="")),
    ),
    PersonalDataPlace(
        name="files",
        label=_("Files you added"),
        fields=fields_of("crm.Attachment", "name", "sha256", "content_type"),
        export=lambda person: plain(
            _files(person), "room__title", "name", "content_type", "size", "sha256", "created_at"
        ),
        erase=lambda person: erase_files(_files(person)),
    ),
    PersonalDataPlace(
        name="uploads",
        label=_("Files of forms that were not taken"),
        fields=fields_of("crm.Upload", "name"),
        export=lambda person: plain(_uploads(person), "room__title", "name", "size", "created_at"),
        erase=_erase_uploads,
    ),
    PersonalDataPlace(
        name="questions",
        label=_("What you were asked, and your answers"),
        fields=fields_of("crm.Question", "sentence", "benefit", "note", "useful_by", "words", "given_where", "locale")
        | fields_of("crm.Consent", "note", "objection", "correction", "answer"),
        export=lambda person: plain(
            _consents(person),
            *("room__title", "kind", "question__sentence", "question__asked_at", "question__channel"),
            *("question__words", "question__given_at", "question__given_where", "given_answer", "note"),
            *("answer", "objection", "correction", "answered_at"),
        ),
        erase=_erase_questions,
    ),
    PersonalDataPlace(
        name="data_requests",
        label=_("Your requests about your data"),
        fields=fields_of("crm.DataRequest", "note", "answer", "export"),
        export=lambda person: plain(
            _data_requests(person), "kind", "state", "asked_at", "note", "answer", "answered_at"
        ),
        erase=lambda person: int(_data_requests(person).update(note="", answer="", export=None, available_until=None)),
    ),
    texts_place(
        "words_of_others",
        _("Where others name you"),
        [
            Texts(Activity, "room", ("subject", "body")),
            Texts(Comment, "room", ("body",)),
            Texts(Question, "room", ("sentence", "benefit", "note", "useful_by", "words", "given_where")),
            Texts(Consent, "room", ("note", "objection", "correction")),
            Texts(AccessRequest, "room", ("title", "reason", "note")),
            Texts(Attachment, "room", ("name",)),
            Texts(Room, "pk", ("title",)),
            Texts(Task, "room", ("title",), roomless=True),
            Texts(Organization, "rooms", ("custom",)),
            Texts(Relationship, "organization__rooms", ("evidence", "missing"), roomless=True),
        ],
    ),
)
