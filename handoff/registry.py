"""What `handoff` plugs into the ground and into the app below."""

from django.utils.translation import gettext_lazy as _

from crm.scopes import register_scope

register_scope("success:read", _("Read handoffs, success plans and goals"))
register_scope("success:write", _("Write handoffs, success plans, goals and measurements"))
