"""A service in the words of schema.org, for search engines and other programs."""

import json
import re
from typing import Any

from directory.services import Service
from directory.territory import Cost, Territory

# What schema.org understands of OSM opening hours: days and times, nothing else.
SIMPLE_HOURS = re.compile(r"[A-Z][a-z](?:[-,][A-Z][a-z])* \d{2}:\d{2}-\d{2}:\d{2}")


def describe(service: Service, territory: Territory) -> str:
    """Write a service as JSON-LD that can stand inside a page."""
    text = json.dumps(_without_nothing(_service(service, territory)), ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _service(service: Service, territory: Territory) -> dict[str, Any]:
    names = {place.id: place.name[territory.languages[0]] for place in territory.places}
    everywhere = "all" in service.serves
    areas = (
        [territory.name[territory.languages[0]]] if everywhere else [names[place] for place in service.serves]
    )
    return {
        "@context": "https://schema.org",
        "@type": "Service",
        "identifier": service.id,
        "name": service.name,
        "provider": {
            "@type": "Organization",
            "name": service.organization or service.name,
            "url": service.website,
        },
        "areaServed": areas,
        "isAccessibleForFree": True if service.cost is Cost.FREE else None,
        "availableChannel": {
            "@type": "ServiceChannel",
            "serviceUrl": service.website,
            "servicePhone": [{"@type": "ContactPoint", "telephone": phone} for phone in service.phones],
            "availableLanguage": list(service.languages),
            "serviceLocation": _location(service, names, territory) if service.address_public else None,
        },
        "dateModified": service.checked_on.isoformat(),
    }


def _location(service: Service, names: dict[str, str], territory: Territory) -> dict[str, Any] | None:
    if not service.address:
        return None
    return {
        "@type": "CivicStructure",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": service.address,
            "postalCode": service.postal_code,
            "addressLocality": names.get(service.place),
            "addressCountry": territory.country,
        },
        "openingHours": SIMPLE_HOURS.findall(service.hours) if _is_simple(service.hours) else None,
    }


def _is_simple(hours: str) -> bool:
    return bool(hours) and not SIMPLE_HOURS.sub("", hours).strip("; ")


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_nothing(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part not in (None, "", [], {})}
    return [_without_nothing(part) for part in value] if isinstance(value, list) else value
