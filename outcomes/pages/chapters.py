"""Says under which heading a measure is read, and in which order; it holds no figure."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.release import Definition


@dataclass(frozen=True, slots=True)
class Heading:
    """A part of the page: its title, what it says first, and the measures under it by number."""

    slug: str
    title: str
    about: str
    measures: tuple[str, ...]


UPTAKE = "uptake"
"""The part that says who was reached, by what they told of themselves."""

HEADINGS = (
    Heading(
        "support",
        "Support given",
        "How much support there was. A child can have more than one piece of support.",
        ("M01", "M02", "M03"),
    ),
    Heading(
        "young-people",
        "How young people felt at the end",
        "What young people answered themselves, at the start and at the end of their support. "
        "Pieces of support are counted: somebody whose support ended twice counts twice.",
        ("M05", "M05w", "M05s", "M06", "M07", "M04"),
    ),
    Heading(
        "carers",
        "Home and carers",
        "What carers answered at the start and at the end of the support. Pieces of support are "
        "counted, with one carer each: a carer of two children counts twice.",
        ("M09", "M09b", "M08", "M04c"),
    ),
    Heading(
        "quality",
        "How people found the support",
        "What professionals, carers and young people said about the support itself.",
        ("M10", "M10c", "M11", "M11c"),
    ),
    Heading(
        "course",
        "Moves, plans and staying in touch",
        "What staff noted because the contract asks for it.",
        ("M12", "M13", "M14", "M15"),
    ),
    Heading(
        "sdq",
        "SDQ totals",
        "Totals of a questionnaire that others ask and that were handed to the service: 0 to 13 is "
        "normal, 14 to 16 borderline, 17 and above a cause for concern.",
        ("M16", "M17"),
    ),
    Heading(
        "after",
        "After the support, and how asking went",
        "Whether people could be reached later on, and how much was asked of them.",
        ("M18", "M19", "M20", "M20t", "M21"),
    ),
    Heading(
        UPTAKE,
        "Who the support reached",
        "Only where it was told of free will; nobody has to say.",
        ("U",),
    ),
    Heading("more", "Further measures", "", ()),
)
"""The parts in their order. The last takes whatever has no place of its own."""

MAIN_MEASURES = ("M05", "M05w", "M09", "M08", "M12", "M10", "M14", "M15", "M11", "M04")
"""What a committee reads first; the printed report draws the first six that have a past."""

THEMES = "Y"
WHO_ANSWERED = ("M04", "M04c")
"""The shares that answered at both ends."""


def is_theme(definition: Definition) -> bool:
    """Say whether a measure counts how many raised a theme: those have a part of their own."""
    return definition.measure.startswith(THEMES)


def heading_of(definition: Definition) -> Heading:
    """Give the part under which a measure stands: its own, or that of the number it begins with."""
    named = next((each for each in HEADINGS if definition.measure in each.measures), None)
    return named or next(
        (each for each in HEADINGS if _place(each, definition.measure) is not None), HEADINGS[-1]
    )


def order_of(definition: Definition) -> tuple[int, int]:
    """Give the place of a measure: its part, and its place there."""
    heading = heading_of(definition)
    place = _place(heading, definition.measure)
    return HEADINGS.index(heading), len(heading.measures) if place is None else place


def _place(heading: Heading, measure: str) -> int | None:
    """Give the place under a heading: a measure's own, or that of the number it begins with."""
    if measure in heading.measures:
        return heading.measures.index(measure)
    for place, start in enumerate(heading.measures):
        if measure.startswith(start) and not measure[len(start) :][:1].isdigit():
            return place
    return None
