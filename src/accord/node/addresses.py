"""Where a request comes from: the listener's own word, or that of a proxy which the operator named.

``X-Forwarded-For`` is a list to which each proxy adds, at its right end, the address that it saw; what stands further
left was written by whoever sent it. So the list is read from its right end, and only past addresses that the setting
``trusted_proxies`` names; the first other one is the client's. A request that reaches the node from an address which is
not named is taken for what it is, whatever it says of itself.

Source: RFC 7239, section 8.1 (on trusting the field); MDN, X-Forwarded-For, "Selecting an IP address".
"""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

__all__ = ["client_address"]

HOPS_MAX = 16
"""Entries that are looked at; no real chain of proxies is so long."""


def client_address(request: HttpRequest) -> str:
    """Returns the address of the client, as far as anybody who is trusted saw it."""
    seen = str(request.META.get("REMOTE_ADDR", ""))
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    for entry in reversed(told[-HOPS_MAX:]):
        address = _plain(entry.strip())
        if not address or not _is_trusted(seen):
            break
        seen = address
    return seen


def _is_trusted(address: str) -> bool:
    if not settings.ACCORD_TRUSTED_PROXIES:
        return False
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in settings.ACCORD_TRUSTED_PROXIES)


def _plain(entry: str) -> str:
    """Returns an entry as an address without a port; nothing where it is none."""
    host = entry
    if entry.startswith("["):
        host = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        host = entry.partition(":")[0]
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""
