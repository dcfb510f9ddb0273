"""Changing a record of any kind through the action of its own app."""

from typing import Any
from uuid import UUID

from crm.actors import Actor
from crm.queries.record import CUSTOM
from crm.record_kinds import RecordKind


def change_record(*, actor: Actor, kind: RecordKind, row_id: UUID, version: int, values: dict[str, Any]) -> Any:
    """Change fields of one record; `values` by the argument that each field names (`custom.<key>` for a custom one).

    Returns the row. Raises what the kind's own action raises.
    """
    own = {name: value for name, value in values.items() if not name.startswith(CUSTOM)}
    custom = {name.removeprefix(CUSTOM): value for name, value in values.items() if name.startswith(CUSTOM)}
    return kind.change(actor, row_id, version, {**own, "custom": custom} if custom else own)
