"""When a webhook is tried again, and which network addresses are never told anything."""

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 18 * 3600, 23 * 3600)
)
"""Pauses after the first, second, … failed try: ten tries over three days (Standard Webhooks 1.0, "Retries")."""

LONG_ENOUGH = sum(PAUSES, timedelta())
"""For how long nothing may arrive at an address before it is switched off: as long as one message is tried."""
GONE, SILENT = "410 Gone", "Nothing arrived for three days"
"""Why an address was switched off by itself."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""The well-known prefix of RFC 6052."""


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed tries; None when it is enough."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def is_public(address: str) -> bool:
    """Return whether a network address lies in the open internet: not private, loopback, link-local, multicast or reserved.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged as what it carries.
    """
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        carried = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if carried is not None:
            return is_public(str(carried))
        if found in _NAT64:
            return is_public(str(ip_address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast and not found.is_reserved


def names_inside(host: str) -> bool:
    """Return whether a host of an address leads inwards by itself, before anything is looked up: `localhost`, `10.0.0.1`."""
    try:
        return not is_public(host)
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")
