"""Calling the API in tests as an integration does: over HTTP, with a key."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from crm.clock import now
from crm.models import ApiKey, User
from crm.rules.api_key import key_hash
from crm.scopes import scopes as all_scopes

BASE = "/api/v1"


def make_key(user: User, *scopes: str, **fields: Any) -> str:
    """Make a key with these scopes (all without any) and return its secret."""
    secret = f"cg_live_{user.pk.hex}{ApiKey.objects.count()}"
    ApiKey.objects.create(
        user=user,
        name="Test",
        prefix="cg_live_",
        last_four=secret[-4:],
        key_hash=key_hash(secret),
        scopes=list(scopes or all_scopes()),
        created_at=now(),
        **fields,
    )
    return secret


@dataclass
class Caller:
    """One integration. Answers are Django test responses; `.json()` reads them."""

    secret: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.client.get(BASE + path, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, version: int | None = None, **headers: str) -> Any:
        """Create or act."""
        return self._send("post", path, body, version, headers)

    def patch(self, path: str, body: Any, *, version: int | None = None, **headers: str) -> Any:
        """Change."""
        return self._send("patch", path, body, version, headers)

    def delete(self, path: str, *, version: int | None = None, **headers: str) -> Any:
        """Archive."""
        return self._send("delete", path, None, version, headers)

    def raw(self, path: str, body: bytes, content_type: str = "application/json") -> Any:
        """POST bytes as they are."""
        return self.client.post(BASE + path, body, content_type=content_type, headers=self._headers({}))

    def _send(self, method: str, path: str, body: Any, version: int | None, headers: dict[str, str]) -> Any:
        if version is not None:
            headers = {"If-Match": f'"{version}"', **headers}
        data = {} if body is None else body
        send = getattr(self.client, method)
        return send(BASE + path, data, content_type="application/json", headers=self._headers(headers))

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        plain = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.secret}", **plain}


def problem_of(response: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """Return the problem in a response, having checked its form, status and code."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "code", "request_id", "errors"} <= set(body)
    assert body["status"] == status
    assert all(set(one) == {"pointer", "code", "detail"} for one in body["errors"])
    if code is not None:
        assert body["code"] == code, body
    return body


def pointers(body: dict[str, Any]) -> dict[str, str]:
    """Return pointer → code of a problem's faults."""
    return {one["pointer"]: one["code"] for one in body["errors"]}
