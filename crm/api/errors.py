"""Refusals as `application/problem+json` (RFC 9457): the one place where REST translates what went wrong."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from crm.errors import DomainError, FieldFault, NotFound, Stale, TooOften, Words

logger = logging.getLogger("django.request")

MEDIA_TYPE = "application/problem+json"
URN = "urn:common-ground:problem:"
TITLES: dict[int, Words] = {
    400: _("This cannot be taken"),
    401: _("Say who you are"),
    403: _("This is not yours to do"),
    404: _("There is nothing here that you can see"),
    405: _("This cannot be done here"),
    406: _("Answers are JSON"),
    409: _("This cannot be done now"),
    412: _("It has changed meanwhile"),
    413: _("This is too large"),
    415: _("Send JSON"),
    422: _("This key was used for something else"),
    428: _("Say which version you mean"),
    429: _("A short pause, please"),
    500: _("Something broke on our side"),
    503: _("A mail could not be sent"),
}
# Codes of DRF's own field faults, in our words.
_CODES = {
    "max_length": "too_long",
    "blank": "required",
    "null": "required",
    "invalid_choice": "not_a_choice",
    "not_a_list": "not_a_list",
    "surrogate_characters_not_allowed": "control_character",
    "null_characters_not_allowed": "control_character",
}


class PreconditionRequired(exceptions.APIException):
    """A change without `If-Match` (428, RFC 6585)."""

    status_code = 428
    default_code = "version_needed"
    default_detail = _("Send If-Match with the ETag of the version you saw.")


class PreconditionFailed(exceptions.APIException):
    """An `If-Match` that cannot be the present version (412)."""

    status_code = 412
    default_code = "stale"
    default_detail = _("Somebody changed this meanwhile. Read it again.")


class KeyReused(exceptions.APIException):
    """An `Idempotency-Key` that came with another body before (422)."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key came with another request before.")


def problem(
    status: int,
    code: str,
    detail: Words,
    faults: Iterable[FieldFault] = (),
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return the answer for a refusal. `more` are extension members."""
    body = {
        "type": f"{URN}{code}",
        "title": str(TITLES.get(status, detail)),
        "status": status,
        "detail": str(detail),
        "code": code,
        "request_id": _request_id(),
        "errors": [{"pointer": pointer(one.field), "code": one.code, "detail": str(one.message)} for one in faults],
        **more,
    }
    response = Response(body, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))
    response["Cache-Control"] = "no-store"
    return response


def pointer(field: str) -> str:
    """Return the JSON pointer for a dotted field. `?name` stands for a parameter of the address, kept as it is."""
    return field if field.startswith("?") or not field else "/" + field.replace("/", "~1").replace(".", "/")


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Turn whatever an endpoint raised into a problem (DRF's `EXCEPTION_HANDLER`)."""
    request = context["request"]
    if isinstance(error, DomainError):
        return _domain(error, has_precondition="If-Match" in request.headers)
    if isinstance(error, exceptions.ValidationError):
        faults = list(_faults(error.detail))
        return problem(400, "invalid", faults[0].message if faults else _("This cannot be taken."), faults)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, Http404):
        return problem(404, "not_found", NotFound().message)
    if isinstance(error, PermissionDenied):
        return problem(403, "not_allowed", TITLES[403])
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", _("This is more than a call can carry."))
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return problem(400, "unreadable", _("The request could not be read to its end."))
    return _broken(error, request._request)


def _domain(error: DomainError, *, has_precondition: bool) -> Response:
    status, more = error.status, {}
    if isinstance(error, Stale):
        status = 412 if has_precondition else 409
        more = {"current_version": getattr(error.current, "version", None)}
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooOften) else None
    return problem(status, error.code, error.message, error.faults, headers=headers, **more)


def _of_framework(error: exceptions.APIException) -> Response:
    headers = {}
    if asked_for := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(asked_for)
    code, detail = str(error.get_codes()), str(error.detail)
    if isinstance(error, exceptions.PermissionDenied) and detail.startswith("CSRF"):
        code, detail = "csrf", str(_("A call from a page needs the CSRF token of that page."))
    return problem(error.status_code, code, detail, headers=headers)


def _faults(detail: Any, field: str = "") -> Iterable[FieldFault]:
    """Flatten DRF's nested field faults."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            name = field if key == "non_field_errors" else f"{field}.{key}".lstrip(".")
            yield from _faults(inner, name)
    elif isinstance(detail, list) and not all(isinstance(one, str) for one in detail):
        for index, inner in enumerate(detail):
            yield from _faults(inner, f"{field}.{index}".lstrip("."))
    else:
        for one in detail if isinstance(detail, list) else [detail]:
            code = getattr(one, "code", "invalid")
            yield FieldFault(field, _CODES.get(code, code), str(one))


def _broken(error: Exception, request: HttpRequest) -> Response:
    """A fault of ours: log it, tell whoever watches, and say nothing of its inside."""
    logger.error("Internal Server Error: %s", request.path, exc_info=error)
    got_request_exception.send(sender=handle, request=request)
    return problem(500, "broken", _("Try again in a minute. What was saved before is safe."))


def _request_id() -> str:
    return str(structlog.contextvars.get_contextvars().get("request_id") or uuid4())
