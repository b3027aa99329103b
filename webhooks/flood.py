"""Names who is to be held back when too much comes from one side."""

from ipaddress import IPv6Address, ip_address

from bot.limit import MOST_KEYS, Limit

__all__ = ["MOST_KEYS", "Limit", "sender"]


def sender(address: str) -> str:
    """Name who is behind an address; a home has a whole IPv6 network of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return parsed.exploded[:19] if isinstance(parsed, IPv6Address) else address
