"""What the OpenAPI document says about each endpoint: parameters, answers, and the shapes of refusals."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from django.utils import translation
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from crm.api.fields import Shape
from crm.api.listing import MOST, Listing

_TYPES = {
    "id": OpenApiTypes.UUID,
    "time": OpenApiTypes.DATETIME,
    "day": OpenApiTypes.DATE,
    "yes_no": OpenApiTypes.BOOL,
    "no_yes": OpenApiTypes.BOOL,
    "number": OpenApiTypes.INT64,
}


class ProblemFault(serializers.Serializer[Any]):
    """One fault: where, as a JSON pointer into the body (or `?name` for a parameter), a stable code, and words."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457). `code` is stable; `detail` is for people, in the language asked for."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    errors = ProblemFault(many=True)
    current_version = serializers.IntegerField(required=False, help_text="With `stale`: the version it has now.")


REFUSALS = {
    400: "The body or a parameter cannot be taken; `errors` point at what.",
    401: "No key or session, or one that is no longer good.",
    403: "Seen, but not to be done by this key or its owner.",
    404: "It does not exist, or its owner may not see it.",
    406: "Only JSON is answered.",
    409: "A rule says no; `code` and `errors` say what is missing.",
    412: "It is no longer at the version in `If-Match`.",
    413: "The body is too large.",
    415: "Only JSON is taken.",
    422: "The `Idempotency-Key` came with another request before.",
    428: "`If-Match` is missing.",
    429: "Too many calls, searches or invitations; `Retry-After` says when it goes on.",
}


def parameters_of(
    listing: Listing | None = None,
    expand: tuple[str, ...] = (),
    *,
    versioned: bool = False,
    is_post: bool = False,
    options: frozenset[str] = frozenset(),
) -> list[OpenApiParameter]:
    """Return the parameters and headers an endpoint takes."""
    found = _of_list(listing) if listing else []
    allowed = listing.expand if listing else expand
    if allowed:
        words = f"Comma-separated, from: {', '.join(allowed)}. Gives the object in place of its id."
        found.append(OpenApiParameter("expand", OpenApiTypes.STR, description=words))
    if versioned:
        words = "The ETag of the version you saw."
        found.append(OpenApiParameter("If-Match", OpenApiTypes.STR, "header", required=True, description=words))
    for name in sorted(options):
        words = "`false` answers for each row by itself; otherwise all or none are taken."
        found.append(
            OpenApiParameter(name, OpenApiTypes.STR, enum=["true", "false"], default="true", description=words)
        )
    if is_post:
        words = "Any text of yours, at most 255 characters: the same call sent again has no second effect."
        found.append(OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, "header", description=words))
    return found


_OF_A_KIND = (
    OpenApiParameter(
        "where",
        OpenApiTypes.STR,
        description="A filter, such as `status:is:open;any(amount:at_least:100000;owner:is:me)`; see docs/api.md.",
    ),
    OpenApiParameter(
        "view", OpenApiTypes.UUID, description="A saved view: its filter, and its order unless `sort` says another."
    ),
)


def _of_list(listing: Listing) -> list[OpenApiParameter]:
    sorts = sorted({words for one in listing.sorts for words in (one.lstrip("-"), f"-{one.lstrip('-')}")})
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}
    found = [
        OpenApiParameter("limit", limit),
        OpenApiParameter("cursor", OpenApiTypes.STR, description="`next_cursor` of the page before."),
        OpenApiParameter("count", OpenApiTypes.STR, enum=["exact"], description="Adds `count`."),
        OpenApiParameter("sort", OpenApiTypes.STR, enum=sorts, default=listing.sorts[0]),
    ]
    filters = (
        OpenApiParameter(one.name, _TYPES.get(one.kind, OpenApiTypes.STR), enum=one.choices or None)
        for one in listing.filters
    )
    return [*found, *filters, *(_OF_A_KIND if listing.kind else ())]


def responses_of(
    status: int,
    answers: Shape | None,
    listing: Listing | None,
    scope: str,
    *,
    is_write: bool = False,
    versioned: bool = False,
    also: Mapping[int, str] | None = None,
) -> dict[Any, Any]:
    """Return what an endpoint answers, refusals included."""
    shape: Any = _page_of(listing.shape) if listing else answers
    description = f"Needs the scope `{scope}`."
    found: dict[Any, Any] = {status: OpenApiResponse(shape, description=description)}
    for number, words in (also or {}).items():
        found[number] = OpenApiResponse(shape, description=words)
    refusals = [400, 401, 403, 404, 406, 429]
    refusals += [409, 413, 415, 422] if is_write else []
    refusals += [412, 428] if versioned else []
    for number in refusals:
        found[(number, "application/problem+json")] = OpenApiResponse(Problem, description=REFUSALS[number])
    return found


def _page_of(shape: Shape) -> Any:
    return inline_serializer(
        f"{shape.__name__}Page",
        {
            "data": shape(many=True),
            "has_more": serializers.BooleanField(),
            "next_cursor": serializers.CharField(allow_null=True),
            "count": serializers.IntegerField(required=False),
        },
    )


def only_resources(endpoints: list[Any]) -> list[Any]:
    """Leave what is no resource out of the document: the document itself, and the answer to unknown addresses."""
    return [one for one in endpoints if not one[0].endswith(("openapi.json", "/api/v1/"))]


class KeyScheme(OpenApiAuthenticationExtension):
    """A key in the `Authorization` header."""

    target_class = "crm.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "description": "An API key: `Bearer cg_live_…`."}


class SessionScheme(OpenApiAuthenticationExtension):
    """The session of our own pages."""

    target_class = "crm.api.authentication.StaffSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        words = "Our own pages; writes need the CSRF token."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": words}


def document() -> str:
    """Return the OpenAPI document of this release as text, the same each time."""
    with translation.override("en"):
        found = SchemaGenerator().get_schema(request=None, public=True)
    return orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
