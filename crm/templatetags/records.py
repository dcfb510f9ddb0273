"""The tags of tables: the address of the same view with something else, how a column is sorted, how many rows there are."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from crm.queries.table import Table
from crm.record_kinds import RecordKind
from crm.web.look import Look

register = template.Library()


@register.simple_tag
def address(look: Look, **changes: Any) -> str:
    """`{% address look sort="-amount" where=None %}`: the same view with other parameters; None takes one out."""
    return look.address(**changes)


@register.simple_tag
def sort_address(look: Look, table: Table, name: str) -> str:
    """`{% sort_address look table "amount" %}`: sorted by a field, the other way round when it is already."""
    falls = not table.descending if table.sorted_by == name else False
    return look.address(sort=f"-{name}" if falls else name)


@register.simple_tag
def sorted_as(table: Table, name: str) -> SafeString:
    """`<th{% sorted_as table field.name %}>`: says that and how the table is sorted by this column."""
    if table.sorted_by != name:
        return SafeString()
    return format_html(' aria-sort="{}"', "descending" if table.descending else "ascending")


@register.simple_tag
def counted(kind: RecordKind, count: int) -> str:
    """`{% counted kind 13 %}`: "13 deals"."""
    return kind.counted(count)


@register.simple_tag
def bulk_address(look: Look) -> str:
    """`{% bulk_address look %}`: where rows of this view are changed at once."""
    return f"{reverse('crm:begin_bulk_change', args=[look.kind.name])}?{look.address().partition('?')[2]}"


@register.simple_tag
def save_address(look: Look, update: bool = False) -> str:
    """`{% save_address look %}`: where what is shown is kept under a name; with `update` in the view it began from."""
    _list, _mark, query = look.address().partition("?")
    if update and look.saved:
        return f"{reverse('crm:update_view', args=[look.saved.pk])}?{query}"
    return f"{reverse('crm:save_view', args=[look.kind.name])}?{query}"
