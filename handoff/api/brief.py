"""The brief over REST: its items, cleared one by one, and the questions that go back to the rep."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from handoff.actions.brief import answer_question_back, ask_back, clear_item
from handoff.api.handoff import get_handoff
from handoff.models import BriefItem, ItemKind, ItemQuestion, ItemState
from handoff.queries.risk import heading_of


class ItemQuestionAnswer(serializers.Serializer[Any]):
    """A question back to the rep, and its answer."""

    id = Id()
    item = Id(source="item_id")
    text = Text()
    asked_by = Id(source="asked_by_id")
    asked_at = Time()
    answer = Text()
    answered_by = Id(source="answered_by_id", allow_null=True)
    answered_at = Time(allow_null=True)
    version = serializers.IntegerField()


class ItemAnswer(serializers.Serializer[Any]):
    """One item of the brief. `content` is the row as it stood in the agreed `revision`; for a risk codes and names.

    The `title` of a risk says them in the language you accept.
    """

    id = Id()
    handoff = Id(source="handoff_id")
    group = Text()
    kind = serializers.ChoiceField(ItemKind.choices)
    source = Id(source="source_id")
    revision = Id(source="revision_id", allow_null=True)
    title = serializers.SerializerMethodField()
    body = Text()
    content = serializers.DictField()
    position = serializers.IntegerField()
    state = serializers.ChoiceField(ItemState.choices)
    cleared_by = Id(source="cleared_by_id", allow_null=True)
    cleared_at = Time(allow_null=True)
    questions = ItemQuestionAnswer(source="questions.all", many=True)
    version = serializers.IntegerField()

    def get_title(self, item: BriefItem) -> str:
        """Return what it is called."""
        return heading_of(item)


class ItemWords(serializers.Serializer[Any]):
    """The words of a question or an answer."""

    text = Text(max_length=5000)


ITEMS = Listing(
    ItemAnswer,
    filters=(
        Filter("group"),
        Filter("kind", choices=tuple(ItemKind.values)),
        Filter("state", choices=tuple(ItemState.values)),
    ),
    sorts=("position",),
)


class ItemList(APIView):
    """The brief of a handoff."""

    @reads("list_items", "success:read", listing=ITEMS)
    def get(self, request: Request, handoff_id: UUID) -> Response:
        """List the items of the brief in order, with their questions."""
        handoff = get_handoff(actor_of(request), handoff_id)
        return page(request, ITEMS, _items(actor_of(request)).filter(handoff=handoff))


class ItemDetail(APIView):
    """One item."""

    @reads("get_item", "success:read", answers=ItemAnswer)
    def get(self, request: Request, item_id: UUID) -> Response:
        """Read an item with its questions."""
        return one(request, ItemAnswer, _item(actor_of(request), item_id))


class ItemClearing(APIView):
    """An item that is clear."""

    @writes("clear_item", "success:write", answers=ItemAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], item_id: UUID) -> Response:
        """Mark an item as clear: whoever takes over could explain it to the customer."""
        clear_item(actor=actor_of(request), item_id=item_id, version=version_of(request))
        return one(request, ItemAnswer, _item(actor_of(request), item_id))


class ItemAsking(APIView):
    """A question back."""

    @writes("ask_back", "success:write", takes=ItemWords, answers=ItemAnswer, status=201, versioned=True)
    def post(self, request: Request, values: dict[str, Any], item_id: UUID) -> Response:
        """Ask the rep about an item; the answer is the item with all its questions."""
        ask_back(actor=actor_of(request), item_id=item_id, version=version_of(request), **values)
        return one(request, ItemAnswer, _item(actor_of(request), item_id), status=201)


class ItemQuestionAnswering(APIView):
    """The rep's answer to customer success; a matter within the selling side."""

    @writes("answer_back", "success:write", takes=ItemWords, answers=ItemAnswer)
    def post(self, request: Request, values: dict[str, Any], question_id: UUID) -> Response:
        """Answer a question about an item, as the rep or anybody who works in the room."""
        question = answer_question_back(actor=actor_of(request), question_id=question_id, **values)
        return one(request, ItemAnswer, _item(actor_of(request), question.item_id))


class ItemQuestionDetail(APIView):
    """One question about an item."""

    @reads("get_item_question", "success:read", answers=ItemQuestionAnswer)
    def get(self, request: Request, question_id: UUID) -> Response:
        """Read a question back and its answer."""
        found = ItemQuestion.objects.visible_to(actor_of(request)).filter(pk=question_id).first()
        if found is None:
            raise NotFound
        return one(request, ItemQuestionAnswer, found)


def _items(actor: Actor) -> Any:
    return BriefItem.objects.visible_to(actor).prefetch_related("questions")


def _item(actor: Actor, item_id: UUID) -> BriefItem:
    found: BriefItem | None = _items(actor).filter(pk=item_id).first()
    if found is None:
        raise NotFound
    return found
