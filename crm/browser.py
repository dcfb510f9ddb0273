"""What a browser calls itself, in words."""

from django.utils.translation import gettext as _
from ua_parser import parse


def browser_words(agent: str) -> str:
    """Return browser and system of a user-agent string: "Firefox on Linux"."""
    found = parse(agent)
    browser = found.user_agent.family if found.user_agent else ""
    system = found.os.family if found.os else ""
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser that we do not know")
