"""Lists the words that statistics files may use; it checks none of them.

Sources: dfe-analytical-services/analysts-guide (statistics-production/ud.qmd, commit 8962528) and
dfe-analytical-services/eesyscreener (commit f0e47ba and later). Places are only those that Starling
publishes for, which is stricter than the standard.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Level(NamedTuple):
    """A geographic level and the columns that name its places."""

    name: str
    code: str | None
    title: str
    second_code: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the names of its columns."""
        return tuple(each for each in (self.code, self.title, self.second_code) if each)


LEVELS = (
    Level("National", "country_code", "country_name"),
    Level("Regional", "region_code", "region_name"),
    Level("Local authority", "new_la_code", "la_name", "old_la_code"),
    Level("Local authority district", "lad_code", "lad_name"),
    Level("RSC region", None, "rsc_region_lead_name"),
    Level("Parliamentary constituency", "pcon_code", "pcon_name"),
    Level("Local skills improvement plan area", "lsip_code", "lsip_name"),
    Level(
        "Local enterprise partnership",
        "local_enterprise_partnership_code",
        "local_enterprise_partnership_name",
    ),
    Level("English devolved area", "english_devolved_area_code", "english_devolved_area_name"),
    Level("Opportunity area", "opportunity_area_code", "opportunity_area_name"),
    Level("Ward", "ward_code", "ward_name"),
    Level("MAT", "trust_id", "trust_name"),
    Level("Sponsor", "sponsor_id", "sponsor_name"),
    Level("School", "school_urn", "school_name", "school_laestab"),
    Level("Provider", "provider_ukprn", "provider_name"),
    Level("Institution", "institution_id", "institution_name"),
    Level("Planning area", "planning_area_code", "planning_area_name"),
    Level("Police force area", "pfa_code", "pfa_name"),
)
SMALL = ("School", "Provider", "Institution")
_IN_AUTHORITY = ("Local authority district", "Parliamentary constituency", "Ward", "Planning area",
                 "Police force area")  # fmt: skip
COMPATIBLE = {
    "Regional": (
        "Local authority",
        "Local skills improvement plan area",
        "Local enterprise partnership",
        "English devolved area",
        "Opportunity area",
        *_IN_AUTHORITY,
    ),
    "Local authority": _IN_AUTHORITY,
    "Local authority district": ("Ward", "Police force area"),
    "Local skills improvement plan area": ("Local authority district", "Planning area"),
}
"""Which finer levels may carry the columns of a coarser one, besides schools and providers."""

PLACES: Mapping[str, frozenset[tuple[str, ...]]] = {
    "country_code": frozenset({("E92000001", "England")}),
    "region_code": frozenset({("E12000004", "East Midlands")}),
    "new_la_code": frozenset({("831", "E06000015", "Derby"), ("830", "E10000007", "Derbyshire")}),
}
"""Every place that Starling publishes for: code and name, for an authority its old code first."""

NOT_AVAILABLE_CODE, NOT_AVAILABLE = "x", "Not available"
WHEN = ("time_period", "time_identifier", "geographic_level")
OBSERVATIONAL = (*WHEN, *(column for level in LEVELS for column in level.columns))
"""The columns that say when and where."""

REQUIRED_DATA = (*WHEN, "country_code", "country_name")
REQUIRED_META = (
    *("col_name", "col_type", "label", "indicator_grouping", "indicator_unit"),
    *("indicator_dp", "filter_hint", "filter_grouping_column"),
)
OPTIONAL_META = ("filter_default", "parent_filter")

_QUARTERS = tuple(f"Financial year Q{number}" for number in range(1, 5))
_HALVES = ("Part 1 (April to September)", "Part 2 (October to March)")
_TERMS = ("Autumn term", "Spring term", "Summer term")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKS = tuple(f"Week {number}" for number in range(1, 53))
TIME_GROUPS = (
    *(("Autumn and spring term",), ("Financial year",), ("Academic year",), ("Tax year",)),
    *(("Calendar year",), ("Reporting year",)),
    *(_TERMS, _WEEKS, _MONTHS, _QUARTERS, _HALVES),
)
"""Identifiers of time; only those of one group may stand in the same file."""

FOUR_DIGITS = ("Calendar year", "Reporting year", *_MONTHS, *_WEEKS)

UNITS = ("%", "pp", "£", "£m", "numberstring")
ITEM_LIMIT = 25_000
LENGTHS = {"column name": 50, "label": 100, "item": 120, "location code": 30}
NULLS = ("NULL", "Null", "null", "NA", "na")
LEGACY = ("N/A", "n/a", ".", "..", "-")
OBSOLETE = ("~", ":")
TOTALS = ("Total", "total", "All", "all")

SMUSHED = (
    *("male", "female", "asian", "chinese", "indian", "pakistani", "bangladeshi", "black"),
    *("african", "caribbean", "white", "roma", "irish", "english", "british", "scottish"),
    *("welsh", "arab"),
)
"""What belongs into a filter and never into the name of an indicator."""

LIKE_PLACES = (
    r"(^(country|sch|prov|inst|estab|reg|la|local|rsc|pfa|pcon|lep|mca|oa|ward|mat)"
    r".*(name|code|urn|ukprn|number|upin|id)$)"
    r"|(^(laestab|estab|sch|school|schools|prov|provider|providers|inst|institution|institutions"
    r"|name|code|urn|ukprn|number|upin|id|region|la|lad|rsc|pcon|lep|mca|oa|ward|mat)$)"
)
"""How the names of columns with places look."""

HARMONISED = {
    "sen_": ("sen_status", "sen_primary_need", "sen_secondary_need", "sen_provision"),
    "primary_need": ("sen_primary_need",),
    "secondary_need": ("sen_secondary_need",),
    "establishment_type": ("establishment_type",),
    "provider_type": ("provider_type",),
    "school_type": ("establishment_type", "establishment_type_group"),
    "phase": ("education_phase",),
    "ethnic": ("ethnicity_major", "ethnicity_minor", "ethnicity_detailed", "minority_ethnic"),
}
"""What a column name holds when it is about something with agreed names, and those names."""

ETHNICITY_MAJOR = (
    *("Total", "White", "Mixed/Multiple ethnic groups", "Asian/Asian British"),
    *("Black/African/Caribbean/Black British", "Other ethnic group", "Unknown"),
)
ETHNICITY_GROUPS = ("Ethnicity Major", "Ethnicity Minor", "Ethnicity Detailed", "Minority Ethnic")
DICTIONARY = {
    "sex": ("Total", "Female", "Male", "Unknown"),
    "ethnicity_major": ETHNICITY_MAJOR,
}
"""Filters with agreed items that our files may use; every other column is a note for the API."""
