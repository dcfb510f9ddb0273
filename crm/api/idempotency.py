"""`Idempotency-Key`: the same POST sent twice has one effect and one answer (IETF draft idempotency-key).

The key is written in the transaction of the effect, so there is never one without the other. Only a 2xx is stored, with
the hash of the request and never the request itself.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from django.apps import apps
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, models
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actions.idempotency import KEPT
from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.errors import KeyReused
from crm.api.formats import JsonRenderer
from crm.clock import now
from crm.errors import Invalid, NotFound, Refused
from crm.models import IdempotentAnswer

_HEADERS = ("ETag", "Location")


def once(request: Request, run: Callable[[], Response]) -> Response:
    """Return the stored answer of this `Idempotency-Key`, or run and store it. The caller has opened the transaction.

    Raises `Refused` while another call with the key runs, `KeyReused` when the key came with another request, `NotFound`
    when the actor may no longer see what the stored answer says.
    """
    key = _key(request)
    if not key:
        return run()
    actor = actor_of(request)
    _claim(actor, key)
    stored = IdempotentAnswer.objects.filter(user=actor.user, api_key=actor.key, key=key).first()
    if stored is not None and stored.created_at <= now() - KEPT:
        stored.delete()
        stored = None
    if stored is not None:
        return _replayed(actor, stored, request)
    response = run()
    _keep(actor, key, request, response)
    return response


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 255 or not key.isprintable() or not key.isascii():
        raise Invalid(_("An Idempotency-Key has at most 255 plain characters."), code="idempotency_key_malformed")
    return key


def _claim(actor: Actor, key: str) -> None:
    digest = hashlib.sha256(f"{actor.kind}:{actor.id}:{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
        (is_mine,) = cursor.fetchone()
    if not is_mine:
        raise Refused(_("The first call with this Idempotency-Key is still running."), code="idempotency_running")


def _request_hash(request: Request) -> str:
    body: Any = request.data
    if request.FILES:
        body = {name: _part(body[name]) for name in body}
    plain = orjson.dumps([request.method, request.path, body], default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()


def _part(value: Any) -> str:
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return f"{value.name}:{digest.hexdigest()}"


def _keep(actor: Actor, key: str, request: Request, response: Response) -> None:
    holds_secret = getattr(response, "holds_secret", False)
    if not 200 <= response.status_code < 300 or actor.user is None or holds_secret:
        return
    headers = {name: response[name] for name in _HEADERS if name in response}
    subject = getattr(response, "subject", None)
    if subject is not None:
        headers["subject"] = f"{subject._meta.label}:{subject.pk}"
    IdempotentAnswer.objects.create(
        user=actor.user,
        api_key=actor.key,
        key=key,
        request_hash=_request_hash(request),
        status=response.status_code,
        headers=headers,
        body=None if response.data is None else orjson.loads(JsonRenderer().render(response.data)),
        created_at=now(),
    )


def _replayed(actor: Actor, stored: IdempotentAnswer, request: Request) -> Response:
    if stored.request_hash != _request_hash(request):
        raise KeyReused
    headers = dict(stored.headers)
    label, _colon, pk = headers.pop("subject", "").partition(":")
    if label:
        model: type[models.Model] = apps.get_model(label)
        if not model.objects.visible_to(actor).filter(pk=pk).exists():  # type: ignore[attr-defined]
            raise NotFound
    response = Response(stored.body, status=stored.status, headers=headers)
    response["Idempotency-Replayed"] = "true"
    return response
