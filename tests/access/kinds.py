"""The kinds of people that the permission matrix walks as, and who of them may see what: `trust.md` in sets."""

from dataclasses import dataclass, field

from django.test import Client

BUYERS = frozenset({"buyer"})
GUESTS = BUYERS | {"partner"}
ADMIN = frozenset({"admin"})
OWNER = frozenset({"rep", "key"})
WRITERS = OWNER | ADMIN | {"manager", "success"}
"""Who of our side may write in the room: its owner, its members, the manager above, administrators."""
TEAM = WRITERS | {"colleague", "read_key"}
"""Who of our side may read it."""
STAFF = TEAM | {"stranger", "far_manager", "delivery", "far_key"}
"""Everybody of ours who gets in at all."""
KINDS = {
    "admin": "staff",
    "buyer": "participant",
    "anonymous": "anonymous",
    "outsider": "participant",
    "partner": "participant",
    "revoked": "participant",
    "colleague": "staff",
    "rep": "staff",
    "stranger": "staff",
    "manager": "staff",
    "far_manager": "staff",
    "success": "staff",
    "delivery": "staff",
    "inactive": "staff",
    "key": "key",
    "read_key": "key",
    "far_key": "key",
    "dead_key": "key",
}
"""Each kind and the door it comes through, as `routes.txt` names doors. The first two get furthest behind theirs."""
GONE = frozenset({"revoked", "inactive", "dead_key"})
"""Whose sign-in is over: for them every door is closed."""

SIGHT: dict[str, frozenset[str]] = {
    # The room, and what both sides see in it.
    "room_id": TEAM | GUESTS,
    "deal_id": TEAM | GUESTS,
    "participant_id": TEAM,
    "criterion_id": TEAM | GUESTS,
    "comment_id": TEAM | GUESTS,
    "handoff_id": TEAM | GUESTS,
    "plan_id": TEAM | GUESTS,
    "goal_id": TEAM | GUESTS,
    "measurement_id": TEAM | GUESTS,
    # What a grant for some sections does not cover.
    "kind": TEAM | BUYERS,
    "statement_id": TEAM | BUYERS,
    "stakeholder_id": TEAM | BUYERS,
    "question_id": TEAM | BUYERS,
    "consent_id": TEAM | BUYERS,
    "revision_id": TEAM | BUYERS,
    "attachment_id": TEAM | BUYERS,
    "their_attachment": TEAM | BUYERS,
    "access_request": TEAM | BUYERS,
    # What stays with our side.
    "activity_id": TEAM,
    "line_item_id": TEAM,
    "archived_deal": TEAM,
    "item_id": TEAM,
    "item_question": TEAM,
    "dispute_id": TEAM,
    # The directory, which all of ours see.
    "organization_id": STAFF,
    "contact_id": STAFF,
    "archived_contact": STAFF,
    "archived_organization": STAFF,
    "moved_contact": STAFF,
    "user_id": STAFF,
    "pair_id": STAFF,
    "merge_id": STAFF,
    "pipeline_id": STAFF,
    "stage_id": STAFF,
    "custom_field_id": STAFF,
    "team_id": STAFF,
    "product_id": STAFF,
    "exchange_rate_id": STAFF,
    "token": frozenset(KINDS),
    "address_token": frozenset(KINDS),
    # What is one person's own.
    "data_request": BUYERS | ADMIN,
    "bulk_id": OWNER | {"read_key"},
    "view_id": OWNER | {"colleague", "read_key"},
    "session_id": BUYERS,
    "passkey_id": BUYERS,
    "key": frozenset({"rep"}),
    "notification_id": frozenset({"rep"}),
    "task_id": OWNER | {"read_key"},
    "key_id": frozenset({"rep"}) | ADMIN,
    "endpoint_id": OWNER | ADMIN | {"read_key"},
    "message_id": OWNER | ADMIN | {"read_key"},
    "list_kind": STAFF,
    "export_id": frozenset({"rep"}),
    "import_id": OWNER | ADMIN | {"read_key"},
}
"""Who may see the row that a part of an address stands for, wherever it stands."""

ANYBODYS = frozenset(
    {"list_kind", "organization_id", "contact_id", "pair_id", "merge_id", "token", "address_token"}
) | {
    "archived_contact",
    "archived_organization",
}
"""Rows with which whoever sees them may do something: the directory, and the link of an invitation."""
ADMINISTRATION = frozenset(
    {
        "deals:new_product", "deals:edit_product", "deals:remove_product", "deals:remove_exchange_rate",
        "deals:new_pipeline", "deals:edit_pipeline", "deals:pipeline_state", "deals:new_stage", "deals:stage", "deals:stage_state",
        "deals:guidance",
        "crm:new_user", "crm:user", "crm:user_state", "crm:new_team", "crm:team",
        "crm:new_custom_field", "crm:custom_field", "crm:custom_field_state",
        "crm:data_requests", "crm:data_request", "crm:erase_contact", "crm:ledger", "crm:vouch_for_address",
        "api:data-requests", "api:data-request",
        "api:data-request-grant", "api:data-request-erase", "api:data-request-decline", "api:contact-erase", "api:contact-vouch",
        "api:ledger-checks",
        "api:pipeline-restore", "api:pipeline-stages", "api:stage-guidance", "api:stage-move",
        "api:custom-field-restore", "api:custom-field-move",
    }
)  # fmt: skip
"""Routes that only administrators have anything to do with."""
FOR_WRITERS = frozenset({"crm:cell"})
"""Pages that are a form and nothing else: whoever only reads along has nothing to do there."""
MANAGERS = frozenset({"api:deal-undo-win", "api:deal-waivers", "deals:undo_win", "deals:waive_gate"})
"""Routes that say no to everybody but managers, before they look."""
HANDED_OVER = frozenset({"room:handed_over"})
"""Routes that show a person everything that is kept of them, what others keep to themselves included."""
SAME_FOR_ALL = frozenset({"api:openapi", "api:docs"})
"""Routes that look at nobody: one call by whoever is nobody says all."""
DEMO_ONLY = frozenset({"crm:outbox", "crm:demo_line"})
"""Routes that answer in a demo only."""
NOBODYS = frozenset({"api:none", "api:question-answer"}) | {
    f"api:consent-{verb}" for verb in ("answer", "withdraw", "contest", "confirm", "reopen")
}
"""Routes through which nobody gets anything done: a buyer's answer is given in the room, by the buyer."""


@dataclass
class Person:
    """Somebody at a browser, or a program with a key."""

    name: str
    client: Client
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def door(self) -> str:
        """The door they come through."""
        return KINDS[self.name]
