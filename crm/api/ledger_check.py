"""The nightly checks of the ledger over REST, for administrators: a monitor asks here whether the record still fits."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import reads
from crm.api.fields import Id, Text, Time
from crm.api.listing import Listing, page
from crm.queries.ledger_check import checks_of


class LedgerFault(serializers.Serializer[Any]):
    """Something that does not fit: a stable code, and where."""

    fault = Text()
    room = Id(required=False)
    entry = serializers.IntegerField(required=False, help_text="Number of the entry in the room's chain.")
    row = Id(required=False, help_text="Id of the row that does not fit.")
    file = Text(required=False, help_text="Name of the checkpoint.")


class LedgerCheckAnswer(serializers.Serializer[Any]):
    """One check. `checkpoint` is the file written after it, `digest` the SHA-256 over the heads of all chains in it."""

    id = Id()
    at = Time()
    rooms = serializers.IntegerField()
    entries = serializers.IntegerField()
    erased = serializers.IntegerField()
    faults: Any = LedgerFault(many=True)
    compared_with = Text()
    checkpoint = Text()
    digest = Text()


LEDGER_CHECKS = Listing(LedgerCheckAnswer, sorts=("-at",))


class LedgerCheckList(APIView):
    """What was looked at each night."""

    @reads("list_ledger_checks", "admin", listing=LEDGER_CHECKS)
    def get(self, request: Request) -> Response:
        """List the checks, newest first: 404 for anybody but an administrator."""
        return page(request, LEDGER_CHECKS, checks_of(actor_of(request)))
