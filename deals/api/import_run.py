"""Imports of files over REST: the file, what its columns are, what was asked, the work in the background, its lines, undo."""

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of, require_scope
from crm.api.description import responses_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page, read_parameters
from crm.api.versions import version_of
from crm.models import ImportRun, ImportState, LineResult
from crm.sheets import temporary
from crm.web.download import download
from deals.actions.import_run import (
    cancel_import,
    decide,
    match_columns,
    read_as,
    start_import,
    undo_import,
    upload_import,
)
from deals.imports.choices import questions
from deals.imports.lines import write_report
from deals.imports.recognise import DELIMITERS, ENCODINGS
from deals.imports.sources import SOURCES
from deals.imports.targets import KINDS
from deals.queries.import_run import get_import_run, import_runs, lines_of


class ImportAnswer(serializers.Serializer[Any]):
    """An import of a file. `mapping` gives the field for each column by its place; `counts` the lines by result."""

    id = Id()
    kind = serializers.ChoiceField(list(KINDS))
    source = Text()
    file_name = Text()
    size = serializers.IntegerField()
    encoding = Text()
    delimiter = Text()
    headers = serializers.ListField(child=serializers.CharField())
    mapping = serializers.DictField(child=serializers.CharField())
    choices = serializers.DictField(child=serializers.CharField())
    state = serializers.ChoiceField(ImportState.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    counts = serializers.SerializerMethodField()
    refused = serializers.SerializerMethodField()
    version = serializers.IntegerField()
    started_at = Time()
    updated_at = Time()
    finished_at = Time(allow_null=True)

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_counts(self, run: ImportRun) -> dict[str, int]:
        """How many lines have each result."""
        return dict(run.report.get("counts", {}))

    @extend_schema_field(OpenApiTypes.STR)
    def get_refused(self, run: ImportRun) -> str:
        """Why the file could not be read to its end; empty when it could."""
        return str(run.findings.get("refused", "") or run.report.get("refused", ""))


class OptionAnswer(serializers.Serializer[Any]):
    """One answer that a question takes."""

    value = Text()
    label = Text()


class AskedAnswer(serializers.Serializer[Any]):
    """Something to decide for all rows; without options it is a text. An `open` one has to be decided before the start."""

    key = Text()
    label = Text()
    options = OptionAnswer(many=True)
    chosen = Text()
    open = serializers.BooleanField()


class ImportDetailAnswer(ImportAnswer):
    """An import with what is asked, and the fields that a column can become."""

    fields_to_choose = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()

    @extend_schema_field(OptionAnswer(many=True))
    def get_fields_to_choose(self, run: ImportRun) -> list[dict[str, str]]:
        """The fields by name."""
        return [{"value": name, "label": str(one.label)} for name, one in KINDS[run.kind].all_targets.items()]

    @extend_schema_field(AskedAnswer(many=True))
    def get_questions(self, run: ImportRun) -> list[dict[str, Any]]:
        """What is asked about a checked file."""
        if run.state != ImportState.CHECKED:
            return []
        return [
            {
                "key": one.key,
                "label": one.label,
                "options": [{"value": value, "label": str(label)} for value, label in one.options if value],
                "chosen": one.chosen,
                "open": one.is_open,
            }
            for one in questions(actor_of(self.context["request"]), run)
        ]


class LineAnswer(serializers.Serializer[Any]):
    """What became of a line, or what would. `subject` is the row it became, null for none."""

    line = serializers.IntegerField()
    key = Text()
    label = Text()
    result = serializers.ChoiceField(LineResult.choices)
    words = serializers.ListField(child=serializers.CharField())
    subject = Id(source="subject_id", allow_null=True)


class ImportUpload(serializers.Serializer[Any]):
    """A CSV file of at most 100 MB with rows of one kind. Without `source` the system it comes from is recognised."""

    kind = serializers.ChoiceField(list(KINDS))
    source = serializers.ChoiceField(list(SOURCES), required=False)
    file = serializers.FileField(allow_empty_file=True)


class ImportReading(serializers.Serializer[Any]):
    """Which system a file comes from, and how it is read where that was recognised wrongly."""

    source = serializers.ChoiceField(list(SOURCES))
    encoding = serializers.ChoiceField(list(ENCODINGS), required=False)
    delimiter = serializers.ChoiceField(list(DELIMITERS), required=False)


class ImportMapping(serializers.Serializer[Any]):
    """What each column becomes, by its place: `{"0": "name"}`. What is absent or empty is not imported."""

    mapping = serializers.DictField(child=Text(max_length=80))


class ImportChoices(serializers.Serializer[Any]):
    """What was decided, by the key of the question."""

    choices = serializers.DictField(child=Text(max_length=80))


IMPORTS = Listing(
    ImportAnswer,
    filters=(Filter("state", choices=tuple(ImportState.values)), Filter("kind", choices=tuple(KINDS))),
    sorts=("-started_at",),
)
LINES = Listing(LineAnswer, filters=(Filter("result", choices=tuple(LineResult.values)),), sorts=("line",))


class ImportList(APIView):
    """Your imports of files, the newest first. Adding one takes a form in place of JSON."""

    parser_classes = (MultiPartParser,)

    @reads("list_imports", "imports:read", listing=IMPORTS)
    def get(self, request: Request) -> Response:
        """List imports."""
        return page(request, IMPORTS, import_runs(actor_of(request)))

    @writes("upload_import", "imports:write", takes=ImportUpload, answers=ImportDetailAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Send a file and have its columns matched. Nothing of it is written yet."""
        file = values["file"]
        run = upload_import(
            actor=actor_of(request),
            kind=values["kind"],
            name=file.name or "file.csv",
            content=file,
            source=values.get("source", ""),
        )
        return one(request, ImportDetailAnswer, run, status=201, location=reverse("api:import", args=[run.pk]))


class ImportDetail(APIView):
    """One import."""

    @reads("get_import", "imports:read", answers=ImportDetailAnswer)
    def get(self, request: Request, import_id: UUID) -> Response:
        """Read how far an import is, and what is asked."""
        return one(request, ImportDetailAnswer, get_import_run(actor_of(request), import_id))


class _Step(APIView):
    """What can be done to an import."""

    parser_classes = (JSONParser,)

    def done(self, request: Request, import_id: UUID, act: Any, **values: Any) -> Response:
        """Do it at the version that the call names, and answer with the import."""
        run = act(actor=actor_of(request), run_id=import_id, version=version_of(request), **values)
        return one(request, ImportDetailAnswer, run)


class ImportReadAs(_Step):
    """How the file is read."""

    @writes("read_import_as", "imports:write", takes=ImportReading, answers=ImportDetailAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], import_id: UUID) -> Response:
        """Read the file in another way, and match its columns anew."""
        return self.done(request, import_id, read_as, **values)


class ImportColumns(_Step):
    """What the columns become."""

    @writes(
        "match_import_columns",
        "imports:write",
        takes=ImportMapping,
        answers=ImportDetailAnswer,
        versioned=True,
        example={"mapping": {"0": "id", "1": "name", "3": "city"}},
    )
    def post(self, request: Request, values: dict[str, Any], import_id: UUID) -> Response:
        """Match the columns, and check all rows in the background."""
        return self.done(request, import_id, match_columns, **values)


class ImportDecisions(_Step):
    """What was asked."""

    @writes("decide_import", "imports:write", takes=ImportChoices, answers=ImportDetailAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], import_id: UUID) -> Response:
        """Decide, and check all rows again."""
        return self.done(request, import_id, decide, **values)


class ImportStart(_Step):
    """Bringing the rows in."""

    @writes("start_import", "imports:write", answers=ImportDetailAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], import_id: UUID) -> Response:
        """Bring the rows of a checked file in, in the background. Rows with faults are left out."""
        return self.done(request, import_id, start_import)


class ImportCancel(_Step):
    """Stopping."""

    @writes("cancel_import", "imports:write", answers=ImportDetailAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], import_id: UUID) -> Response:
        """Stop an import behind the batch that is at work. What came in stays, and can be undone."""
        return self.done(request, import_id, cancel_import)


class ImportUndo(_Step):
    """Taking back."""

    @writes("undo_import", "imports:write", answers=ImportDetailAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], import_id: UUID) -> Response:
        """Take back what an import wrote, within 30 days: what was touched since stays, and its line says `kept`."""
        return self.done(request, import_id, undo_import)


class ImportLines(APIView):
    """The lines of an import."""

    @reads("list_import_lines", "imports:read", listing=LINES)
    def get(self, request: Request, import_id: UUID) -> Response:
        """List what became of each line, or before the start what would."""
        return page(request, LINES, lines_of(get_import_run(actor_of(request), import_id)))


class ImportReport(APIView):
    """The report of an import."""

    @extend_schema(
        operation_id="download_import_report",
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, description="Needs the scope `imports:read`."),
            **{key: value for key, value in responses_of(200, None, None, "").items() if key != 200},
        },
    )
    def get(self, request: Request, import_id: UUID) -> FileResponse:
        """Download the lines as CSV."""
        require_scope(request, "imports:read")
        read_parameters(request, frozenset())
        run, content = get_import_run(actor_of(request), import_id), temporary()
        write_report(content, run)
        return download(content, f"{run.file_name.rpartition('.')[0] or 'import'}-report.csv")
