"""Optimistic concurrency: an object's `version` is its `ETag`, and a change says which version it saw (RFC 9110, 6585)."""

import re

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from crm.api.errors import PreconditionFailed, PreconditionRequired

_TAG = re.compile(r'(?:W/)?"([^"]{1,64})"')


def etag(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def version_of(request: Request) -> int:
    """Return the version named by `If-Match`; a proxy's `W/` is taken. The action compares it under the row's lock.

    Raises `PreconditionRequired` without one (or with `*`), `PreconditionFailed` for a tag that is no version of ours.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        raise PreconditionRequired
    tag = _TAG.fullmatch(header)
    if tag is None:
        raise PreconditionRequired(_("Send one ETag in If-Match, in quotes as you got it."))
    if not tag[1].isascii() or not tag[1].isdigit() or len(tag[1]) > 9:
        raise PreconditionFailed
    return int(tag[1])


def is_unchanged(request: Request, version: int) -> bool:
    """Whether `If-None-Match` names this version."""
    tags = _TAG.findall(request.headers.get("If-None-Match", ""))
    return str(version) in tags
