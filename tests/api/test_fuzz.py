"""What a machine makes of the description: many calls of every operation, none of which may break anything.

Answers must be what the description says. The examples are the same each time.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from crm.models import ApiKey, User
from tests.api.caller import make_key
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DESCRIBED = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OPERATIONS = [
    pytest.param(path, method, id=operation["operationId"])
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
]


@cache
def described() -> Any:
    schema = schemathesis.openapi.from_dict(DESCRIBED)
    schema.app = get_wsgi_application()
    return schema


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Keep the test's own connection between calls, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def as_admin() -> str:
    """Return a key of somebody who sees all there is: a deal with its room, people and problem."""
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    return make_key(cast.admin)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_nothing_breaks(path: str, method: str, db: None) -> None:
    secret = as_admin()

    @settings(
        max_examples=8,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described()[path][method.upper()].as_strategy())
    def calls(case: schemathesis.Case) -> None:
        case.query = {name: value for name, value in (case.query or {}).items() if name != "wait"}
        response = case.call(base_url="http://testserver", headers={"Authorization": f"Bearer {secret}"})
        case.validate_response(response, checks=CHECKS)

    calls()
    assert User.objects.exists()
    assert ApiKey.objects.get().last_used_at
