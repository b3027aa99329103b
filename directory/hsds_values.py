"""Single values of a service as others may write them in HSDS; what cannot be kept is said and left out."""

import re
from collections import Counter
from datetime import date

from directory.content import LANGUAGE
from directory.csv_rows import OLDEST
from directory.hsds_checks import UUID
from directory.hsds_records import Node
from directory.place_names import fold
from directory.territory import Cost

UNKNOWN_DAY = date.min  # an empty cell, which a person fills in
LONGEST_SLUG = 48
MOST_NORTH, MOST_EAST = 90, 180
WEB = ("https://", "http://")


def kept_link(service: Node, *, protected: bool) -> Node:
    """Give the link to the place that is kept: the first physical one, and none for a protected service."""
    links = service.many("service_at_locations")
    physical = [link for link in links if link.one("location").text("location_type") == "physical"]
    kept = None if protected else next(iter(physical), None)
    for link in links:
        if link is not kept:
            link.forget()
            service.leave("service_at_locations", "of several places, the first physical one is kept")
    return kept or Node({}, "", Counter())


def first_address(location: Node) -> Node:
    """Give the address that is kept: the first physical one, or else the first."""
    addresses = location.many("addresses")
    physical = [address for address in addresses if address.text("address_type") == "physical"]
    kept = next(iter(physical or addresses), None)
    for address in addresses:
        if address is not kept:
            address.forget()
            location.leave("addresses", "of several addresses, the first physical one is kept")
    kept = kept or Node({}, "", Counter())
    for known in ("state_province", "country"):  # the territory says them
        kept.text(known)
    return kept


def street(address: Node) -> str:
    """Give street and number."""
    return ", ".join(part for part in (address.text("address_1"), address.text("address_2")) if part)


def position(location: Node) -> tuple[float | None, float | None]:
    """Give latitude and longitude, when both are on the globe."""
    latitude, longitude = location.number("latitude"), location.number("longitude")
    if latitude is None and longitude is None:
        return None, None
    if latitude is None or longitude is None or abs(latitude) > MOST_NORTH or abs(longitude) > MOST_EAST:
        location.leave("latitude", "and longitude are no position on the globe")
        return None, None
    return float(latitude), float(longitude)


def age(service: Node, key: str) -> int | None:
    """Give an age in whole years."""
    value = service.number(key)
    if value is not None and not (0 <= value <= OLDEST and value == int(value)):
        service.leave(key, "is no age in whole years")
        return None
    return None if value is None else int(value)


def phones(service: Node, link: Node) -> tuple[str, ...]:
    """Give the numbers of the service, and else those of the place where it is."""
    lists = (service.many("phones"), link.many("phones"), link.one("location").many("phones"))
    kept: list[str] = []
    for nodes in lists:
        taken = bool(kept)
        for node in nodes:
            number = node.text("number").strip('" ')
            if taken and number not in kept:
                node.leave("number", "the service has numbers of its own")
            elif not taken and number:
                kept.append(number)
    return tuple(kept)


def website(service: Node) -> str:
    """Give the address on the web."""
    url = service.text("url")
    if url and not url.startswith(WEB):
        service.leave("url", "does not begin with https://")
        return ""
    return url


def languages(service: Node) -> tuple[str, ...]:
    """Give the codes of the languages that are spoken there."""
    codes = []
    for language in service.many("languages"):
        code = language.text("code")
        if LANGUAGE.fullmatch(code):
            codes.append(code)
            language.forget()
        else:
            language.leave("code", "is no language code such as fr")
    return tuple(codes)


def cost(service: Node) -> Cost:
    """Give what it costs, when one of our words says it."""
    options = service.many("cost_options")
    words = [option.text("option") for option in options]
    if len(words) == 1 and words[0] in set(Cost):
        options[0].forget()
        return Cost(words[0])
    for option in options:
        option.forget()
        service.leave("cost_options", "is none of our words for costs")
    return Cost.UNKNOWN


def organization(service: Node, name: str) -> str:
    """Give who runs the service, when it has another name."""
    runs = service.one("organization")
    found = runs.text("name")
    if runs.text("description") not in ("", found):
        runs.leave("description", "has no place in services.csv")
    return "" if found == name else found


def checked_on(service: Node) -> date:
    """Give the day of the last check."""
    modified = service.text("last_modified")
    if day := _day(service.text("assured_date")):
        return day
    if day := _day(modified):
        service.leave("assured_date", "is missing; the day of the last change stands for it")
        return day
    service.leave("assured_date", "is missing")
    return UNKNOWN_DAY


def names(fields: dict[str, str], prefix: str) -> dict[str, str]:
    """Give the names by language that stand in our own fields."""
    return {
        code.removeprefix(prefix): name for code, name in fields.items() if code.startswith(prefix) and name
    }


def new_id(name: str, id_: str) -> str:
    """Make an id for a service that had none of ours; the same whenever it is read."""
    words = re.findall(r"[a-z0-9]+", fold(name))
    slug = "-".join(words)[:LONGEST_SLUG].strip("-") or "service"
    return f"{slug}-{id_[:8].lower()}" if UUID.fullmatch(id_) else slug


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
