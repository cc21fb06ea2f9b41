"""Which Host and Origin headers are accepted.

A page of an attacker may let its own name point to this machine (DNS rebinding); its requests then carry that name as
Host. So a name must be known: loopback's, or one that the operator lists. An address cannot be rebound.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from service.errors import ConfigurationError

__all__ = ["ALLOWED_HOSTS", "host_name", "is_allowed_host", "is_loopback", "is_same_host", "parse_hosts"]

ALLOWED_HOSTS = "OPENROUTER_ALLOWED_HOSTS"
"""The variable that lists the names under which the app may be reached, beside loopback's."""

_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::([0-9]*))?")


def host_name(header: str) -> str:
    """Return the host of a Host header: lower-case, without port, brackets and final dot; "" when malformed."""
    found = _HOST.fullmatch(header.strip().lower())
    return (found[1] or found[2]).rstrip(".") if found else ""


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own, and cannot be reached from another."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def is_allowed_host(header: str, *, arrived_at: str, listed: Collection[str]) -> bool:
    """Whether a Host header names this app.

    Args:
        header: The Host header.
        arrived_at: The address of ours that the connection came in at. At a loopback address only loopback's names
            and the listed ones are right; elsewhere any address is, too.
        listed: The operator's names, as `parse_hosts` gives them.
    """
    host = host_name(header)
    if is_loopback(host) or host in listed:
        return True
    return _address(host) is not None and not is_loopback(arrived_at)


def is_same_host(origin: str, header: str) -> bool:
    """Whether an Origin header is of the very host and port that a Host header names; `null` is of none."""
    try:
        url = urlsplit(origin.strip().lower())
    except ValueError:
        return False
    usual = {"http": ":80", "https": ":443"}.get(url.scheme)
    return usual is not None and url.netloc.removesuffix(usual) == header.strip().lower().removesuffix(usual)


def parse_hosts(text: str) -> tuple[str, ...]:
    """Read the operator's list: names or addresses, separated by commas or as a JSON list.

    Raises:
        ConfigurationError: An item is no host, for example a whole URL.
    """
    hosts = tuple(host_name(item) for item in _items(text))
    if "" in hosts:
        raise ConfigurationError(
            f"{ALLOWED_HOSTS} takes host names such as playground.example.com, separated by commas, got {text!r}."
        )
    return hosts


def _items(text: str) -> list[str]:
    try:
        read = json.loads(text) if text.lstrip().startswith("[") else None
    except ValueError:
        read = None
    if isinstance(read, list):
        return [str(item) for item in read]
    return [item for item in text.split(",") if item.strip()]


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
