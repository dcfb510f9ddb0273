"""How many queries each page and endpoint makes: kept in `query_baselines.json`, checked by tests, never raised by accident.

A test uses the fixture `assert_query_baseline`:

    with assert_query_baseline("deals:board"):
        client.get("/deals/")

A new name fails until its count is written down: `QUERY_BASELINES=write pytest …` does that, and lowers or raises old ones.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).with_name("query_baselines.json")
_BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")


@contextmanager
def query_baseline(name: str) -> Iterator[None]:
    """Fail when the block makes another number of queries than the baseline says; savepoints do not count."""
    with CaptureQueriesContext(connection) as captured:
        yield
    queries = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(_BOOKKEEPING)]
    baselines = json.loads(FILE.read_text())
    if os.environ.get("QUERY_BASELINES") == "write":
        FILE.write_text(json.dumps(baselines | {name: len(queries)}, indent=2, sort_keys=True) + "\n")
    elif baselines.get(name) != len(queries):
        listed = "\n".join(f"  {number}. {sql[:300]}" for number, sql in enumerate(queries, 1))
        pytest.fail(
            f"{name}: {len(queries)} queries, the baseline says {baselines.get(name, 'nothing yet')}.\n{listed}"
        )
