"""The cast, and Maya's integration with every scope. Imports wait until Django is set up."""

from typing import Any

import pytest


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Any:
    from tests.cast import Cast

    return Cast()


@pytest.fixture
def api(cast: Any) -> Any:
    from tests.api.caller import Caller, make_key

    return Caller(make_key(cast.maya))
