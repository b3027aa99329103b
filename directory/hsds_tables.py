"""The tables of HSDS 3: the columns of each with their kinds, what is required, and what is nested in what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING_OF_ITS_OWN = ("attribute", "metadata", "taxonomy", "taxonomy_term")
ROWS = "[]"  # written behind the kind of a nested record of which there may be many


@dataclass(frozen=True)
class Table:
    """One kind of record.

    `columns` gives the kind of each; `ones` and `many` name the nested records, each with its table.
    """

    name: str
    file: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    ones: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, str] = field(default_factory=dict)


def _table(name: str, file: str, columns: str, nested: str = "") -> Table:
    kinds: dict[str, str] = {}
    required: list[str] = []
    for column in columns.split():
        key, _, kind = column.rstrip("!").partition(":")
        kinds[key] = kind or "text"
        if column.endswith("!"):
            required.append(key)
    pairs = [(key, table) for key, _, table in (part.partition("=") for part in nested.split())]
    if name not in NOTHING_OF_ITS_OWN:
        pairs.append(("attributes", "attribute[]"))
    if name != "metadata":
        pairs.append(("metadata", "metadata[]"))
    ones = {key: table for key, table in pairs if not table.endswith(ROWS)}
    many = {key: table.removesuffix(ROWS) for key, table in pairs if table.endswith(ROWS)}
    return Table(name, f"{file}.csv", MappingProxyType(kinds), tuple(required), ones, many)


STATUSES = ("active", "inactive", "defunct", "temporarily closed")
CHOICES = {
    "status": STATUSES,
    "place": ("physical", "postal", "virtual"),
    "freq": ("WEEKLY", "MONTHLY"),
    "weekday": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
}

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            _table(
                "organization",
                "organizations",
                "id:uuid! name! alternate_name description! email:email website:uri tax_status tax_id "
                "year_incorporated:number legal_status logo uri:uri parent_organization_id:uuid",
                "funding=funding[] contacts=contact[] phones=phone[] locations=location[] programs=program[] "
                "organization_identifiers=organization_identifier[] attributes=attribute[] metadata=metadata[] "
                "services=service[]",
            ),
            _table("program", "programs", "id:uuid! organization_id:uuid name! alternate_name description!"),
            _table(
                "service",
                "services",
                "id:uuid! organization_id:uuid program_id:uuid name! alternate_name description url:uri "
                "email:email status:status! interpretation_services application_process fees_description "
                "wait_time fees accreditations eligibility_description minimum_age:number maximum_age:number "
                "assured_date:date assurer_email:email licenses alert last_modified:moment",
                "organization=organization program=program phones=phone[] schedules=schedule[] "
                "service_areas=service_area[] service_at_locations=service_at_location[] languages=language[] "
                "funding=funding[] cost_options=cost_option[] required_documents=required_document[] "
                "contacts=contact[]",
            ),
            _table(
                "attribute",
                "attributes",
                "id:uuid! link_id:uuid taxonomy_term_id:uuid link_type link_entity value",
                "taxonomy_term=taxonomy_term",
            ),
            _table(
                "service_at_location",
                "service_at_location",
                "id:uuid! service_id:uuid location_id:uuid description",
                "location=location service=service contacts=contact[] phones=phone[] schedules=schedule[] ",
            ),
            _table(
                "location",
                "locations",
                "id:uuid! location_type:place! url:uri organization_id:uuid name alternate_name description "
                "transportation latitude:number longitude:number external_identifier external_identifier_type",
                "languages=language[] addresses=address[] contacts=contact[] accessibility=accessibility[] "
                "phones=phone[] schedules=schedule[]",
            ),
            _table(
                "phone",
                "phones",
                "id:uuid! location_id:uuid service_id:uuid organization_id:uuid contact_id:uuid "
                "service_at_location_id:uuid number! extension:number type description",
                "languages=language[]",
            ),
            _table(
                "contact",
                "contacts",
                "id:uuid! organization_id:uuid service_id:uuid service_at_location_id:uuid location_id:uuid "
                "name title department email:email",
                "phones=phone[]",
            ),
            _table(
                "address",
                "addresses",
                "id:uuid! location_id:uuid attention address_1! address_2 city! region state_province! "
                "postal_code! country! address_type:place!",
            ),
            _table(
                "schedule",
                "schedules",
                "id:uuid! service_id:uuid location_id:uuid service_at_location_id:uuid valid_from:date "
                "valid_to:date dtstart:date timezone:number until:date count:number wkst:weekday freq:freq "
                "interval:number byday byweekno bymonthday byyearday description opens_at:time closes_at:time "
                "schedule_link:uri attending_type notes",
            ),
            _table("funding", "funding", "id:uuid! organization_id:uuid service_id:uuid source"),
            _table(
                "service_area",
                "service_areas",
                "id:uuid! service_id:uuid name description extent extent_type uri",
            ),
            _table("required_document", "required_documents", "id:uuid! service_id:uuid document uri:uri"),
            _table(
                "language",
                "languages",
                "id:uuid! service_id:uuid location_id:uuid phone_id:uuid name code note",
            ),
            _table("accessibility", "accessibility", "id:uuid! location_id:uuid description details url:uri"),
            _table(
                "taxonomy_term",
                "taxonomy_terms",
                "id:uuid! code name! description! parent_id:uuid taxonomy language taxonomy_id:uuid term_uri:uri",
                "taxonomy_detail=taxonomy",
            ),
            _table(
                "metadata",
                "metadata",
                "id:uuid! resource_id:uuid resource_type last_action_date:date! last_action_type! "
                "field_name! previous_value! replacement_value! updated_by!",
            ),
            _table(
                "cost_option",
                "cost_options",
                "id:uuid! service_id:uuid valid_from:date valid_to:date option currency amount:number "
                "amount_description",
            ),
            _table(
                "organization_identifier",
                "organization_identifiers",
                "id:uuid! organization_id:uuid identifier_scheme identifier_type! identifier!",
            ),
            _table("taxonomy", "taxonomies", "id:uuid! name! description! uri:uri version"),
        )
    }
)
