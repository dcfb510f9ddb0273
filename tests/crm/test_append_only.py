"""What the application's database role may do: everything with ordinary rows, little with the record."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from crm.clock import now
from crm.models import LedgerPayload, Revision
from tests.cast import Cast
from tests.crm.actions.test_consent import ask, say

pytestmark = pytest.mark.django_db

RECORD = {
    "crm_ledgerentry": {"SELECT", "INSERT"},
    "crm_ledgercheck": {"SELECT", "INSERT"},
    "crm_event": {"SELECT", "INSERT"},
    "crm_feedposition": {"SELECT", "INSERT"},
    "crm_ledgerpayload": {"SELECT", "INSERT", "DELETE"},
    "crm_signinfacts": {"SELECT", "INSERT", "DELETE"},
    "crm_revision": {"SELECT", "INSERT"},
    "crm_erasure": {"SELECT", "INSERT"},
}
ORDINARY = {"SELECT", "INSERT", "UPDATE", "DELETE"}


def rights(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) r"
            " WHERE has_table_privilege(current_user, %s, r)",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


def test_every_table_gives_what_it_should() -> None:
    tables = {
        model._meta.db_table for app in ("crm", "deals", "handoff") for model in apps.get_app_config(app).get_models()
    }
    assert tables >= set(RECORD)
    assert {table: rights(table) for table in tables} == {table: RECORD.get(table, ORDINARY) for table in tables}


@pytest.mark.parametrize("table", RECORD)
def test_no_row_of_the_record_is_changed_or_truncated(table: str) -> None:
    key = connection.introspection.get_primary_key_column(connection.cursor(), table)
    for sql in (
        f"UPDATE {table} SET {key} = {key}",
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(sql)


def test_a_revision_is_erased_whole_or_left_alone() -> None:
    cast = Cast()
    cast.write_problem()
    say(cast, ask(cast))
    revision = Revision.objects.get()
    for column in ("content_hash", "schema", "number"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(f"UPDATE crm_revision SET {column} = {column}")
    revision.content, revision.erased_at = None, now()
    revision.save(update_fields=["content", "erased_at"])
    assert LedgerPayload.objects.filter(entry__seq=1).delete()[0] == 1
