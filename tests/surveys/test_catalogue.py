"""The catalogue refuses what an author wrote wrongly, in words that help to mend it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from surveys.catalogue import LOCK, Catalogue, load_catalogue
from surveys.definitions import read_instrument
from surveys.errors import BadDefinition, UnknownInstrument
from surveys.instrument import Instrument

GOOD = """\
id: mini
version: 1
role: young-person
voices: [younger, older]
name: "Small"
minutes: 1
opening: "Hello."
closing: "Thank you."
items:
  - id: day
    kind: scale
    scored: true
    ask: {younger: "How was today?", older: "How was today?"}
    why: "So that we know."
    choices:
      - {value: 1, label: "Bad"}
      - {value: 2, label: "Good"}
  - id: more
    kind: choice
    when: {item: day, any_of: [1]}
    ask: "Shall somebody call?"
    why: "So that somebody can."
    choices:
      - {value: 1, label: "Yes, please"}
      - {value: 2, label: "No, thank you"}
"""


def mini(version: int = 1, ask: str = "How was today?") -> Instrument:
    text = GOOD.replace("version: 1", f"version: {version}").replace("How was today?", ask)
    return read_instrument(f"mini.v{version}.yaml", text)


def write(folder: Path, **named: str) -> Path:
    for name, text in named.items():
        folder.joinpath(name.replace("__", ".") + ".yaml").write_text(text, encoding="utf-8")
    return folder


# --- what is there ------------------------------------------------------------------------------


def test_the_packaged_catalogue_offers_four_published_instruments() -> None:
    catalogue = load_catalogue()
    assert [catalogue.latest(each.id).id for each in catalogue.all()] == [
        "adult-view",
        "carer-star",
        "check-in",
        "star",
    ]


def test_a_reference_resolves_to_exactly_the_content_it_was_pinned_to() -> None:
    catalogue = load_catalogue()
    star = catalogue.latest("star")
    assert catalogue.get(star.ref) is star
    with pytest.raises(UnknownInstrument):
        catalogue.get(star.ref.model_copy(update={"digest": "0" * 64}))
    with pytest.raises(UnknownInstrument):
        catalogue.get(star.ref.model_copy(update={"version": 99}))


def test_an_unknown_name_has_no_latest_version() -> None:
    with pytest.raises(UnknownInstrument, match="weather"):
        load_catalogue().latest("weather")


def test_the_latest_version_is_the_highest_number_and_not_the_last_in_the_alphabet() -> None:
    catalogue = Catalogue.from_instruments([mini(10), mini(2), mini(9)])
    assert catalogue.latest("mini").version == 10
    assert [each.version for each in catalogue.all()] == [2, 9, 10]


def test_files_that_are_no_definitions_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, mini__v1=GOOD).joinpath("notes.txt").write_text("not a definition")
    assert len(load_catalogue(tmp_path).all()) == 1


# --- published versions and drafts --------------------------------------------------------------


def test_a_version_outside_the_lock_is_a_draft_that_nobody_is_asked(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path, mini__v1=GOOD))
    with pytest.raises(UnknownInstrument):
        catalogue.latest("mini")
    assert catalogue.latest("mini", allow_drafts=True).version == 1


def test_a_draft_beside_a_published_version_is_not_begun_with(tmp_path: Path) -> None:
    write(tmp_path, mini__v1=GOOD, mini__v2=GOOD.replace("version: 1", "version: 2"))
    write(tmp_path, published=f"mini.v1: {mini().digest}\n")
    catalogue = load_catalogue(tmp_path)
    assert catalogue.latest("mini").version == 1
    assert catalogue.latest("mini", allow_drafts=True).version == 2


def test_the_lock_text_publishes_everything_on_disk(tmp_path: Path) -> None:
    write(tmp_path, mini__v1=GOOD)
    write(tmp_path, published=load_catalogue(tmp_path).lock_text())
    assert load_catalogue(tmp_path).latest("mini") == mini()


def test_a_published_version_whose_content_changed_is_refused(tmp_path: Path) -> None:
    write(tmp_path, published=f"mini.v1: {mini().digest}\n")
    write(tmp_path, mini__v1=GOOD.replace("Bad", "Very bad"))
    with pytest.raises(BadDefinition) as refused:
        load_catalogue(tmp_path)
    assert refused.value.file == "mini.v1"
    assert "changed since it was published" in refused.value.cause
    assert "Make a new version" in refused.value.remedy
    assert "mini.v2.yaml" in refused.value.remedy


@pytest.mark.parametrize("name", ["star.v1.yaml", "check-in.v1.yaml", "carer-star.v1.yaml"])
def test_no_word_of_a_packaged_version_can_be_changed_unnoticed(tmp_path: Path, name: str) -> None:
    for entry in files("surveys").joinpath("instruments").iterdir():
        tmp_path.joinpath(entry.name).write_text(entry.read_text(encoding="utf-8"))
    changed = tmp_path / name
    changed.write_text(changed.read_text().replace("Thank you", "Thanks", 1))
    with pytest.raises(BadDefinition, match="new version"):
        load_catalogue(tmp_path)


def test_a_published_version_whose_file_is_gone_is_refused(tmp_path: Path) -> None:
    write(tmp_path, published=f"mini.v1: {mini().digest}\n")
    with pytest.raises(BadDefinition, match=r"mini\.v1\.yaml is not there\. Put the file back"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    "lock",
    ["- mini.v1\n", "mini.v1: abc\n", f"mini: {'0' * 64}\n", f"mini.v0: {'0' * 64}\n"],
    ids=["a list", "a short digest", "no version", "version zero"],
)
def test_a_broken_lock_is_refused_with_a_remedy(tmp_path: Path, lock: str) -> None:
    write(tmp_path, mini__v1=GOOD, published=lock)
    with pytest.raises(BadDefinition) as refused:
        load_catalogue(tmp_path)
    assert refused.value.file == LOCK
    assert "lock_text" in refused.value.remedy


def test_an_empty_lock_publishes_nothing(tmp_path: Path) -> None:
    write(tmp_path, mini__v1=GOOD, published="# nothing yet\n")
    assert load_catalogue(tmp_path).published == frozenset()


def test_two_instruments_with_one_id_and_version_are_refused() -> None:
    with pytest.raises(BadDefinition, match=r"version 1 is there twice.*next free version"):
        Catalogue.from_instruments([mini(), mini(ask="And now?")])


# --- versions that only a database still keeps --------------------------------------------------


def test_a_stored_version_that_is_no_longer_on_disk_still_resolves() -> None:
    gone = mini(1)
    catalogue = Catalogue.from_instruments([mini(2)]).with_stored([gone.model_dump_json()])
    assert catalogue.get(gone.ref) == gone


def test_a_stored_version_is_never_begun_with() -> None:
    catalogue = Catalogue.from_instruments([mini(2)]).with_stored([mini(3).model_dump_json()])
    assert catalogue.latest("mini").version == 2
    assert len(catalogue.all()) == 1


def test_a_stored_draft_with_other_content_resolves_beside_the_one_on_disk() -> None:
    draft = mini(1, ask="Was today fine?")
    catalogue = Catalogue.from_instruments([mini(1)]).with_stored([draft.model_dump_json()])
    assert catalogue.get(draft.ref).item("day").ask == draft.item("day").ask
    assert catalogue.get(mini(1).ref).item("day").ask == mini(1).item("day").ask


@pytest.mark.parametrize(
    ("stored", "where"), [('{"id": "mini"}', "version"), ("{", "the whole instrument")]
)
def test_a_stored_version_that_cannot_be_read_is_a_bad_definition(stored: str, where: str) -> None:
    with pytest.raises(BadDefinition, match="can no longer be read") as refused:
        Catalogue.from_instruments([]).with_stored([stored])
    assert refused.value.where == where


# --- broken files -------------------------------------------------------------------------------

BROKEN = {
    "not YAML": (GOOD.replace("items:", "items: ]"), "line 9", "", "quotes"),
    "a key given twice": (
        GOOD.replace("minutes: 1", "minutes: 1\nminutes: 2"),
        "line 7",
        "minutes",
        "once",
    ),
    "an empty file": ("", "the file", "does not hold keys", "Begin with"),
    "a list instead of keys": ("- one\n- two\n", "the file", "does not hold keys", "Begin with"),
    "a missing key": (
        GOOD.replace('opening: "Hello."\n', ""),
        "opening (line 1)",
        "'opening' is missing",
        "Add a line that begins with opening:",
    ),
    "a missing key in an item": (
        GOOD.replace('    why: "So that we know."\n', ""),
        "item day, why (line 10)",
        "'why' is missing",
        "why:",
    ),
    "a misspelt key": (
        GOOD.replace("closing:", "closeing:"),
        "closeing (line 8)",
        "means nothing here",
        "Did you mean 'closing'?",
    ),
    "a key from nowhere": (
        GOOD.replace("    scored: true", "    scored: true\n    zzz: 3"),
        "item day, zzz (line 13)",
        "means nothing here",
        "Take it out",
    ),
    "a word that YAML reads as a truth value": (
        GOOD.replace('label: "Bad"', "label: {younger: no}"),
        "item day, choice 1, label, younger (line 16)",
        "YAML reads False",
        "in quotes",
    ),
    "an unknown kind": (
        GOOD.replace("kind: choice", "kind: colour"),
        "item more, kind (line 19)",
        "'colour' is not known here",
        "'scale', 'choice' or 'text'",
    ),
    "an unknown role": (GOOD.replace("young-person", "child"), "role (line 3)", "'child'", "Write"),
    "an id that cannot be stored": (
        GOOD.replace("id: more", "id: More things"),
        "item More things, id (line 18)",
        "'More things' is not a name",
        "small letters",
    ),
    "too long a sentence": (
        GOOD.replace("Hello.", "Hello. " * 100),
        "opening, younger (line 7)",
        "too long",
        "600",
    ),
    "an empty sentence": (
        GOOD.replace('"Thank you."', '""'),
        "closing, younger (line 8)",
        "'younger' is empty",
        "Write at least one",
    ),
    "no words at all": (
        GOOD.replace('"Thank you."', "{}"),
        "closing (line 8)",
        "at least one voice",
        "Correct this place",
    ),
    "no items": (
        GOOD.partition("items:")[0] + "items: []\n",
        "items (line 9)",
        "'items' is empty",
        "Write at least one",
    ),
    "more than twenty items": (
        GOOD
        + "".join(
            f'  - {{id: n{number}, kind: text, ask: "Yes?", why: "So."}}\n' for number in range(20)
        ),
        "items (line 9)",
        "too many",
        "at most 20",
    ),
    "a list that is none": (
        GOOD.replace("voices: [younger, older]", "voices: younger"),
        "voices (line 4)",
        "needs a list",
        "hyphen",
    ),
    "a number out of bounds": (
        GOOD.replace("minutes: 1", "minutes: 90"),
        "minutes (line 6)",
        "less than or equal to 15",
        "elsewhere",
    ),
    "one choice only": (
        GOOD.replace('      - {value: 2, label: "Good"}\n', ""),
        "item day (line 10)",
        "give at least two choices",
        "Correct this place",
    ),
    "one value for two choices": (
        GOOD.replace('{value: 2, label: "Good"}', '{value: 1, label: "Good"}'),
        "item day (line 10)",
        "two choices store the same value",
        "Give each its own",
    ),
    "a scale that falls": (
        GOOD.replace('value: 1, label: "Bad"', 'value: 3, label: "Bad"'),
        "item day (line 10)",
        "rising order",
        "Correct this place",
    ),
    "a button that is too long": (
        GOOD.replace('"Bad"', '"Bad from the morning until late at night"'),
        "item day (line 10)",
        "longer than 34 characters",
        "Shorten it so that it fits a phone",
    ),
    "one id for two items": (
        GOOD.replace("id: more", "id: day"),
        "item day (line 18)",
        "the id is used twice",
        "Give each item its own",
    ),
    "a rule on a later item": (
        GOOD.replace("when: {item: day", "when: {item: tomorrow"),
        "item more (line 18)",
        "not an earlier item",
        "Correct this place",
    ),
    "a rule on a value that is not there": (
        GOOD.replace("any_of: [1]", "any_of: [7]"),
        "item more (line 18)",
        "a value that 'day' cannot have",
        "Correct this place",
    ),
    "an item that is no item": (
        GOOD.replace("  - id: more\n", "  - just words\n  - id: more\n"),
        "item 2 (line 18)",
        "does not fit",
        "elsewhere",
    ),
}


@pytest.mark.parametrize(("text", "where", "cause", "remedy"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_file_place_cause_and_remedy(
    text: str, where: str, cause: str, remedy: str
) -> None:
    with pytest.raises(BadDefinition) as refused:
        read_instrument("mini.v1.yaml", text)
    assert refused.value.file == "mini.v1.yaml"
    assert refused.value.where == where
    assert cause in refused.value.cause
    assert remedy in refused.value.remedy


def test_a_second_fault_in_the_same_file_is_told_at_the_same_time() -> None:
    text = GOOD.replace("minutes: 1", "minutes: 90").replace("closing:", "closeing:")
    with pytest.raises(BadDefinition) as refused:
        read_instrument("mini.v1.yaml", text)
    told = [str(refused.value), *refused.value.__notes__]
    assert len(told) == 3
    assert any("closeing" in each for each in told)
    assert any("minutes" in each for each in told)


@pytest.mark.parametrize(
    "name", ["mini.yaml", "mini.v01.yaml", "mini.v0.yaml", "Mini.v1.yaml", "mini.v1.yml"]
)
def test_a_misnamed_file_is_refused(tmp_path: Path, name: str) -> None:
    tmp_path.joinpath(name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadDefinition, match=r"the file name.*Name it like star\.v2\.yaml"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize("name", ["mini.v2.yaml", "other.v1.yaml"])
def test_a_file_that_names_another_version_than_it_holds_is_refused(name: str) -> None:
    with pytest.raises(BadDefinition, match="the same id and version"):
        read_instrument(name, GOOD)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    tmp_path.joinpath("mini.v1.yaml").write_bytes(GOOD.encode() + b"# caf\xe9\n")
    with pytest.raises(BadDefinition, match="not UTF-8"):
        load_catalogue(tmp_path)


def test_an_error_shows_all_four_parts_in_one_line() -> None:
    with pytest.raises(BadDefinition) as refused:
        read_instrument("mini.v1.yaml", GOOD.replace("minutes: 1\n", ""))
    expected = (
        "mini.v1.yaml: minutes (line 1): 'minutes' is missing. "
        "Add a line that begins with minutes:."
    )
    assert expected == str(refused.value)
