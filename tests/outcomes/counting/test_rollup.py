"""What is rolled up from kept bytes is what counting from single answers gives, for anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.counting.blocks import Chunk, Kind, Numbers, Place
from outcomes.counting.packed import DAY_ZERO, Said, pack, unpack
from outcomes.counting.populations import People, Population
from outcomes.counting.rollup import Change, changes, compared_by, roll_up
from outcomes.counting.sorting import ByAnswers, Source
from outcomes.counting.tally import count_period
from outcomes.episode import CloseReason, Commissioner, EpisodeFacts, Lives, Strand
from outcomes.errors import BadFactsError, BadMeasureError
from outcomes.facts import Facts
from outcomes.measures.catalogue import MEASURES
from outcomes.measures.measure import Direction, Scale, Windows
from outcomes.measures.recipe import HOME_ITEMS, Who
from outcomes.observation import Observation, Wave
from outcomes.quarter import Quarter, Year
from outcomes.raw import Box, RawTable

ITEMS = {1: ("feelings", *HOME_ITEMS), 2: ("settled", "feelings")}
HERE = Who(strands=(Strand.CARERS,), lives=(Lives.FOSTER, Lives.KINSHIP))
STAR = Source("star", 1, "young-person", Scale(1, 3), Windows(), HERE)
WORRY = Source("worry", 2, "young-person", Scale(1, 3, Direction.LOWER_IS_BETTER), Windows(), HERE)
SORTERS = (
    ByAnswers(STAR, ("feelings", "settled"), with_home=True, crossed=None),
    ByAnswers(WORRY, ("settled", "belief"), with_home=False, crossed=None),
)
NAMES = ["star/young-person:feelings", "star/young-person:settled", "star/young-person:home",
         "worry/young-person:settled", "worry/young-person:belief"]  # fmt: skip
OPENED, CLOSED = date(2026, 6, 1), date(2026, 11, 20)
VALUES = st.sampled_from([None, 1, 2, 3])
EPISODE = EpisodeFacts(
    "a", Commissioner.OTHER, Strand.DIRECT, Lives.FOSTER, OPENED, CLOSED, CloseReason.PLANNED
)


def chunk_of(episodes: Sequence[EpisodeFacts], answers: Sequence[Observation]) -> Chunk:
    """Keep these answers as storage does, in the order in which they come."""
    rows: dict[tuple[str, str, Kind], bytes] = {}
    for each in answers:
        items = ITEMS[each.version]
        key = (each.episode, each.respondent, Kind(each.instrument, each.version, each.role, items))
        rows[key] = rows.get(key, b"") + pack(Said(each.on, each.wave, each.scores), items)
    by_key = {each.key: each for each in episodes}
    whose = [by_key[episode] for episode, _, _ in rows]
    kinds = sorted({kind for _, _, kind in rows})
    places = sorted({place_of(each) for each in episodes})
    return Chunk(
        kinds,
        places,
        numbers(kinds.index(kind) for _, _, kind in rows),
        numbers(places.index(place_of(each)) for each in whose),
        numbers(episodes.index(each) for each in whose),
        [person for _, person, _ in rows],
        numbers((each.accepted_on - DAY_ZERO).days for each in whose),
        numbers((closed_on(each) - DAY_ZERO).days for each in whose),
        list(rows.values()),
    )


def numbers(values: Iterable[int]) -> Numbers:
    return np.array(list(values), np.int64)


def place_of(episode: EpisodeFacts) -> Place:
    return Place(episode.commissioner, episode.strand, episode.age, episode.lives)


def closed_on(episode: EpisodeFacts) -> date:
    assert episode.closed_on is not None
    return episode.closed_on


def counted(
    episodes: Sequence[EpisodeFacts], answers: Sequence[Observation]
) -> dict[str, Counter[tuple[Box, str]]]:
    """Count person by person, as the figures of a release are counted."""
    found: dict[str, Counter[tuple[Box, str]]] = {name: Counter() for name in NAMES}
    people = People(Facts(tuple(episodes), tuple(answers)), Year(2026))
    for unit in people.ended(Population.CLOSED):
        for sorter in SORTERS:
            for table, label in sorter.places(unit):
                if table in found:
                    found[table][unit.box, label] += 1
    return found


def rolled(*chunks: Chunk) -> dict[str, Counter[tuple[Box, str]]]:
    return {table.name: entries(table) for table in roll_up(SORTERS, chunks)}


def entries(table: RawTable) -> Counter[tuple[Box, str]]:
    return Counter({(box, label): count for box, label, count in table.entries()})


EPISODES = st.lists(
    st.builds(
        EpisodeFacts,
        key=st.sampled_from("ab"),
        commissioner=st.sampled_from(Commissioner),
        strand=st.sampled_from([Strand.DIRECT, Strand.CARERS]),
        lives=st.sampled_from([Lives.FOSTER, Lives.FOSTER, Lives.KINSHIP, Lives.OTHER]),
        accepted_on=st.just(OPENED),
        closed_on=st.sampled_from([OPENED + timedelta(days=28), CLOSED]),
        close_reason=st.just(CloseReason.PLANNED),
    ),
    min_size=1,
    unique_by=lambda each: each.key,
)
BEGINNING = st.sampled_from([-15, -14, 0, 0, 0, 42, 43])
ENDING = st.sampled_from([-15, -2, 0, 0, 0, 28, 29])


@st.composite
def answered(draw: st.DrawFn) -> tuple[list[EpisodeFacts], list[Observation]]:
    """Some support episodes and what was answered in them, several by chance at one moment."""
    episodes = draw(EPISODES)
    answers = []
    for _ in range(draw(st.integers(1, 9))):
        version = draw(st.sampled_from([1, 1, 2]))
        episode = draw(st.sampled_from(episodes))
        begins = draw(st.booleans())
        day = (
            OPENED + timedelta(days=draw(BEGINNING))
            if begins
            else closed_on(episode) + timedelta(days=draw(ENDING))
        )
        scores = {item: draw(VALUES) for item in ITEMS[version]}
        answers.append(
            Observation(
                episode=episode.key,
                respondent=draw(st.sampled_from("xy")),
                role="young-person",
                instrument=draw(st.sampled_from(["star", "star", "star", "worry"])),
                version=version,
                wave=draw(st.sampled_from(["review", "start" if begins else "end"])),
                on=day,
                scores={item: value for item, value in scores.items() if value is not None},
            )
        )
    return episodes, answers


@settings(max_examples=400)
@given(answered())
def test_rolled_up_is_what_counting_person_by_person_gives(
    given_facts: tuple[list[EpisodeFacts], list[Observation]],
) -> None:
    episodes, answers = given_facts
    assert rolled(chunk_of(episodes, answers)) == counted(episodes, answers)


@given(answered())
def test_it_makes_no_difference_in_how_many_chunks_they_come(
    given_facts: tuple[list[EpisodeFacts], list[Observation]],
) -> None:
    episodes, answers = given_facts
    one_by_one = [
        chunk_of([each], [said for said in answers if said.episode == each.key])
        for each in episodes
    ]
    assert rolled(*one_by_one) == rolled(chunk_of(episodes, answers))


@given(answered())
def test_means_are_made_of_the_very_people_that_are_counted(
    given_facts: tuple[list[EpisodeFacts], list[Observation]],
) -> None:
    episodes, answers = given_facts
    table = roll_up(SORTERS, [chunk_of(episodes, answers)])[0]
    expected: dict[Box, Change] = {}
    for (box, label), count in counted(episodes, answers)[table.name].items():
        if label != "unscored":
            first, last = map(int, label.split(">"))
            was = expected.get(box, Change(0, 0))
            expected[box] = Change(was.n + count, was.total + (last - first) * count)
    assert changes(table) == expected


def test_the_tables_are_those_of_the_counting_with_every_class() -> None:
    shapes = {shape.name: shape for sorter in SORTERS for shape in sorter.shapes}
    tables = roll_up(SORTERS, [])
    assert [table.name for table in tables] == NAMES
    for table in tables:
        assert (table.parent, table.classes) == (
            shapes[table.name].parent,
            shapes[table.name].classes,
        )


def test_the_tables_of_a_release_are_the_same_from_pairs_and_from_single_answers() -> None:
    episodes, answers = [], []
    for number in range(60):
        key, lives = f"episode {number}", tuple(Lives)[number % len(Lives)]
        commissioner = tuple(Commissioner)[number % 3]
        closed = CLOSED - timedelta(days=5 * (number % 7))
        episodes.append(
            replace(EPISODE, key=key, lives=lives, commissioner=commissioner, closed_on=closed)
        )
        for role, instrument, items in (
            ("young-person", "star", ("feelings",)),
            ("carer", "carer-star", HOME_ITEMS),
        ):
            for wave, day in (("start", OPENED), ("review", CLOSED), ("end", closed)):
                scores = {item: (number * len(item) + day.day) % 5 + 1 for item in items}
                told = Observation(key, role, role, instrument, 1, wave, day, scores)
                if number % 4 or wave != "end":
                    answers.append(told)
    period = Quarter.parse("2026/27-Q3")
    counted_tables = count_period(MEASURES, Facts(tuple(episodes), tuple(answers)), period).tables
    chunk = chunk_of(episodes, answers)
    tables = roll_up(compared_by(MEASURES), [chunk])
    assert {"star/young-person:feelings", "carer-star/carer:home"} <= {each.name for each in tables}
    for table in tables:
        assert entries(table) == entries(counted_tables[table.name])
        assert table.classes == counted_tables[table.name].classes
        assert sum(entries(table).values()) > 20


def said(scores: dict[str, int], on: date = OPENED, wave: str = "start") -> Observation:
    return Observation("a", "x", "young-person", "star", 1, wave, on, scores)


def test_one_young_person_who_rose_is_in_one_class_of_one_box() -> None:
    answers = [said({"feelings": 2}), said({"feelings": 3}, CLOSED, "end")]
    found = rolled(chunk_of([EPISODE], answers))
    box = Box(Commissioner.OTHER, Quarter.parse("2026/27-Q3"), EPISODE.age, Strand.DIRECT)
    assert [dict(found[name]) for name in NAMES] == [
        {(box, "2>3"): 1},
        {(box, "unscored"): 1},
        {(box, "unscored / unscored"): 1},
        {},
        {},
    ]


@pytest.mark.parametrize("values", [(1, 3), (3, 1)])
def test_two_answers_of_one_moment_count_alike_in_whatever_order_they_came(
    values: tuple[int, int],
) -> None:
    ends = [said({"feelings": value}, CLOSED, "end") for value in values]
    answers = [said({"feelings": 2}), *ends]
    assert rolled(chunk_of([EPISODE], answers)) == counted([EPISODE], answers)


def test_a_value_off_the_scale_stops_everything() -> None:
    answers = [said({"feelings": 2}), said({"feelings": 9}, CLOSED, "end")]
    with pytest.raises(BadMeasureError, match="a score of 9 is outside 1 to 3"):
        rolled(chunk_of([EPISODE], answers))


def test_bytes_that_are_no_entries_stop_everything() -> None:
    chunk = chunk_of([EPISODE], [said({"feelings": 2})])
    for broken in (b"", b"\x10", b"\x2f" + chunk.answers[0][1:]):
        with pytest.raises(BadFactsError):
            rolled(replace(chunk, answers=[broken]))


# --- the bytes ------------------------------------------------------------------------------------


@given(
    st.lists(
        st.builds(
            Said,
            on=st.dates(DAY_ZERO, date(2179, 6, 6)),
            wave=st.sampled_from([each.value for each in Wave]),
            scores=st.dictionaries(st.sampled_from(ITEMS[1]), st.integers(0, 254)),
        )
    )
)
def test_what_is_packed_comes_back(all_said: list[Said]) -> None:
    packed = b"".join(pack(each, ITEMS[1]) for each in all_said)
    assert list(unpack(packed, ITEMS[1])) == all_said
    assert len(packed) == (3 + len(ITEMS[1])) * len(all_said)


@pytest.mark.parametrize(
    "wrong",
    [
        Said(OPENED, "some day", {}),
        Said(date(1999, 12, 31), "start", {}),
        Said(date(2179, 6, 7), "start", {}),
        Said(OPENED, "start", {"feelings": 255}),
        Said(OPENED, "start", {"feelings": -1}),
        Said(OPENED, "start", {"weather": 1}),
    ],
)
def test_what_does_not_fit_is_refused_without_telling_it(wrong: Said) -> None:
    with pytest.raises(BadFactsError) as refused:
        pack(wrong, ITEMS[1])
    assert "255" not in str(refused.value)
    assert "weather" not in str(refused.value)


def test_bytes_of_another_format_or_length_are_refused() -> None:
    entry = pack(Said(OPENED, "start", {"feelings": 3}), ITEMS[1])
    for broken in (entry[:-1], b"\x20" + entry[1:], b"\x1f" + entry[1:]):
        with pytest.raises(BadFactsError):
            list(unpack(broken, ITEMS[1]))
