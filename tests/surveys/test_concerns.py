"""What is noticed in a text, how soon a person must read it, and what never happens."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import concerns
from surveys.concern_rulebook import load_rulebook
from surveys.concerns import Concern, ConcernCategory, ConcernLevel, grade, notice

PLAINLY_CRISIS = [
    "I'm being forced to have sex and I'm only 12 years old",
    "i want to die",
    "im going to kill myself tonight",
    "i dont want to be here anymore",
    "everyone would be better off without me",
    "i wont be a problem much longer",  # codespell:ignore wont
    "he comes in my room at night",
    "he said its our secret",
    "i've got a rope",
    "ive been saving up my tablets",
    "i've been giving my things away",
    "cba with life",
    "my foster dad tuches me",
    "he herts me",
    "i wont to die",  # codespell:ignore wont
    "i cut myself last night",
    "ive taken an overdose",
    "ive run away and im at the bus station",
    "he threatened me with a knife",
    "they make me sell drugs",
    "a man online wants pictures of me",
    "my dad hits me",
    "help me please hes outside my door",
    "i am going to stab him",
    "I can't go on like this, she has to leave tonight",
]

DISGUISED = [
    "k1ll mys3lf",
    "killmyself",
    "idontwanttobehere",
    "k i l l myself",
    "I W A N T T O D I E",
    "i want to dieeeee",
    "suiiiicide",
    "i\u200b want\u200b to\u200b d\u200bie",
    "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
    "i wаnt tо diе",
    "i wanna k*ll myself",
    "i wanna d!e",
    "kms",
    "i wanna unalive myself",
    "thinking of a sewerslide",
    "gonna ctb",
    "🔪 my wrist",
    "i sh most days",
]

EVERYDAY = [
    "",
    "   ",
    "no",
    "👍",
    "idk",
    "dead good",
    "this homework is killing me",
    "I died in Fortnite",
    "killed it at football",
    "shoot some hoops",
    "my phone died",
    "starving whats for tea",
    "I'm dead lol",
    "kill for a pizza",
    "that pizza was the bomb",
    "suicide squad was good",
    "the song is called suicidal and its a banger",
    "contact with mum was ok",
    "got new trainers",
    "bit sad today",
    "im tired",
    "my cat scratched me",
    "he beat me at fifa",
    "we had a talk about knife crime at school",
    "He's doing really well at school",
]

# Harmless talk, and its twin that is not.
TWINS = [
    ("he beat me at fifa", "he beat me at contact"),
    ("the maths test nearly killed me", "he nearly killed me"),
    ("mum will kill me for losing my coat", "he said he will kill me"),
    ("i cut my hair", "i cut my arm"),
    ("i played football and it was fun", "football was good but my stepdad hit me after"),
    ("got a nerf gun", "got a nerf gun and he has a real gun"),
    ("we watched a film", "he watched a film of me in the shower"),
    ("i want to be a vet", "i want to be an angel in heaven"),
    ("my school photos came", "he has my photos and will share them"),
    ("got the samurai sword in the game", "got a sword in my bag for school"),
    ("i ran for the bus", "i ran into the road on purpose"),
    ("we did suicide runs in training", "at training i think about suicide"),
    ("did the suicide prevention course in March", "of course i think about suicide"),
    ("we did county lines in pshe today", "they make me do county lines"),
    ("the alien kidnaps a teacher in my story", "my uncle kidnapped me"),
    ("took my hayfever tablet", "took all my hayfever tablets"),
    ("no sausages for me please im vegetarian", "no food for me again, she says i dont deserve it"),
    ("got kicked in the shin, shin pads saved me", "dad kicked me in the face after the match"),
    ("he camped in the corner with a shotgun", "he camped outside our house with a gun"),
    ("handed my notice in at tesco", "we gave notice, she has to leave tonight"),
    ("tears at drop off, gone in five minutes", "ill be gone in five minutes"),
    ("he bodied me on the xbox", "im on the xbox and he comes in and punches me"),
    ("hid in the wardrobe and made my cousin jump", "i hid in the wardrobe so he couldnt find me"),
    ("losing the will to live in double maths", "im losing the will to live"),
    ("she'd murder me if i spoiled the ending", "she'd murder me if i told anyone what he does"),
]


@pytest.mark.parametrize("text", PLAINLY_CRISIS)
def test_plain_words_of_danger_are_a_crisis(text: str) -> None:
    assert grade(text) is ConcernLevel.CRISIS


@pytest.mark.parametrize("text", DISGUISED)
def test_odd_spelling_and_hidden_letters_do_not_hide_it(text: str) -> None:
    assert grade(text) is ConcernLevel.CRISIS


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_talk_is_left_alone(text: str) -> None:
    assert notice(text) is None


@pytest.mark.parametrize(("harmless", "dangerous"), TWINS)
def test_harmless_talk_does_not_cover_its_dangerous_twin(harmless: str, dangerous: str) -> None:
    assert (grade(harmless), grade(dangerous)) == (ConcernLevel.NONE, ConcernLevel.CRISIS)


@pytest.mark.parametrize(
    "text",
    [
        "I would never kill myself",
        "i am not going to hurt myself",
        "nobody hits me",
        "i dont self harm",
        "my friend wants to kill herself",
        "my best mate is self harming",
        "i used to self harm but i stopped",
        "homework makes me wanna kms lol",
        "i killed myself in minecraft lol",
        "killed myself laughing",
        "someone told me to kill myself",
    ],
)
def test_a_not_a_friend_the_past_or_a_joke_lowers_but_never_clears(text: str) -> None:
    assert grade(text) is ConcernLevel.CONCERN


@pytest.mark.parametrize(
    "text",
    [
        "my friend is going to kill herself tonight",
        "our foster daughter wants to kill herself",
        "i dont care i want to die",
        "i dont know if i want to live, i think i want to die",
        "i am the king of fortnite and want to kill myself",
    ],
)
def test_nothing_is_lowered_where_somebody_may_die_soon(text: str) -> None:
    assert grade(text) is ConcernLevel.CRISIS


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("i want to die", ConcernCategory.SUICIDE),
        ("i cut my arms again", ConcernCategory.SELF_HARM),
        ("my dad hits me", ConcernCategory.PHYSICAL_ABUSE),
        ("he touches me in bed", ConcernCategory.SEXUAL_ABUSE),
        ("she calls me fat and ugly every day", ConcernCategory.EMOTIONAL_ABUSE),
        ("mum left us and theres no food", ConcernCategory.NEGLECT),  # codespell:ignore theres
        ("they want me to go country again", ConcernCategory.EXPLOITATION),
        ("i ran away last night and im not going back", ConcernCategory.MISSING),
        ("i carry a knife", ConcernCategory.WEAPONS),
        ("i took an overdose", ConcernCategory.OVERDOSE),
        ("i make myself sick after i eat", ConcernCategory.EATING),
        ("im getting bullied", ConcernCategory.BULLYING),
        ("i smoke weed every day", ConcernCategory.DRUGS_AND_ALCOHOL),
        ("im going to stab him", ConcernCategory.HARM_TO_OTHERS),
        ("my social worker never listens to me", ConcernCategory.ALLEGATION),
        ("we are giving notice, she has to leave tonight", ConcernCategory.CARER_BREAKING),
        ("we desperately need respite", ConcernCategory.CARER_WORN_OUT),
        ("i want an advocate", ConcernCategory.WANTS_ADULT),
        ("call the police", ConcernCategory.DANGER),
        ("i feel hopeless", ConcernCategory.SADNESS),
        ("я хочу поговорить с кем-нибудь", ConcernCategory.NOT_UNDERSTOOD),
    ],
)
def test_what_it_is_about_comes_first(text: str, category: ConcernCategory) -> None:
    found = notice(text)
    assert found is not None
    assert found.categories[0] is category


def test_a_worker_who_hits_is_an_allegation_too() -> None:
    found = notice("my key worker hit me")
    assert found is not None
    assert found.level is ConcernLevel.CRISIS
    assert ConcernCategory.ALLEGATION in found.categories


def test_asking_for_an_adult_shows() -> None:
    found = notice("can i talk to someone please")
    assert found is not None
    assert found.wants_person
    assert found.level is ConcernLevel.CONCERN


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("أريد أن أموت", ConcernLevel.CRISIS),
        ("می‌خواهم خودم را بکشم", ConcernLevel.CRISIS),
        ("زه ځان وژنم", ConcernLevel.CRISIS),
        ("دەمەوێت بمرم", ConcernLevel.CRISIS),
        ("ክመውት ይደሊ ኣለኹ", ConcernLevel.CRISIS),
        ("tôi muốn chết", ConcernLevel.CRISIS),
        ("dua të vdes", ConcernLevel.CRISIS),
        ("chcę umrzeć", ConcernLevel.CRISIS),
        ("vreau să mor", ConcernLevel.CRISIS),  # codespell:ignore mor
        ("يضربني كل يوم", ConcernLevel.CRISIS),
        ("أحتاج مساعدة", ConcernLevel.CONCERN),
        ("ndihmë", ConcernLevel.CONCERN),
        ("我不想待在这里", ConcernLevel.CONCERN),
        ("tęsknię za mamą i chcę wracać do domu", ConcernLevel.CONCERN),
        ("شكرا", ConcernLevel.NONE),
    ],
)
def test_other_languages_reach_a_person(text: str, level: ConcernLevel) -> None:
    assert grade(text) is level


def test_a_long_letter_waits_for_a_person_and_its_start_and_end_are_read() -> None:
    filler = "we went to the park and had a nice day. " * 3000
    assert notice(filler) == Concern(
        ConcernLevel.CONCERN, (ConcernCategory.NOT_UNDERSTOOD,), ("text.too-long",)
    )
    assert grade(f"i want to die. {filler}") is ConcernLevel.CRISIS
    assert grade(f"{filler} i want to die") is ConcernLevel.CRISIS


def test_many_words_in_few_letters_are_too_long_as_well() -> None:
    found = notice("ok so " * 450)
    assert found is not None
    assert found.reasons == ("text.too-long",)


def test_words_that_nobody_knows_go_to_a_person() -> None:
    found = notice(" ".join(f"zq{chr(97 + n % 26)}xw{chr(97 + n // 26)}" for n in range(120)))
    assert found is not None
    assert "text.too-hard" in found.reasons


def test_a_letter_of_many_sentences_is_read_to_its_last() -> None:
    calm = "We went to the shops. " * 12
    assert grade(calm) is ConcernLevel.NONE
    assert grade(f"{calm} My dad hits me. {calm}") is ConcernLevel.CRISIS
    unbroken = "and then we went to the shops and i had chips " * 8
    assert grade(f"{unbroken} my dad hits me {unbroken}") is ConcernLevel.CRISIS


def test_a_broken_matcher_sends_the_text_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down() -> None:
        raise RuntimeError

    monkeypatch.setattr(concerns, "load_rulebook", break_down)
    assert notice("football was good") == Concern(
        ConcernLevel.CONCERN, (ConcernCategory.NOT_UNDERSTOOD,), ("matcher.broken",)
    )


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_no_text_at_all_raises(text: str) -> None:
    assert grade(text) in ConcernLevel


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_what_is_kept_is_names_of_rules_and_never_a_word_of_the_text(text: str) -> None:
    known = {rule.id for rule in load_rulebook().rules}
    known |= {"points.person", "points.crisis", "text.too-long", "text.too-hard"}
    known |= {"language.not-understood", "matcher.broken"}
    found = notice(text)
    if found is not None:
        assert {reason.rstrip("!") for reason in found.reasons} <= known


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLAINLY_CRISIS), st.sampled_from(["\u200b", "\u00ad", "\u2060", "\u0301"]))
def test_hidden_characters_change_nothing(text: str, hidden: str) -> None:
    assert grade(hidden.join(text)) is ConcernLevel.CRISIS


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLAINLY_CRISIS))
def test_shouting_changes_nothing(text: str) -> None:
    assert grade(text.upper()) is ConcernLevel.CRISIS


def test_levels_compare_by_urgency() -> None:
    none, concern, crisis = ConcernLevel.NONE, ConcernLevel.CONCERN, ConcernLevel.CRISIS
    assert none < concern < crisis
    assert crisis > concern >= none
    assert concern <= crisis
    assert max([concern, crisis, none]) is crisis


def test_the_same_text_always_gives_the_same_answer() -> None:
    texts = [*PLAINLY_CRISIS, *DISGUISED, *EVERYDAY]
    assert [notice(text) for text in texts] == [notice(text) for text in texts]


def test_a_short_text_costs_little() -> None:
    """Generous bounds: the machine may be busy. docs/concerns.md says what we measured."""
    concerns.warm_up()
    text = "football was good and i saw my mum on saturday it was nice"
    start = time.process_time()
    for _ in range(50):
        notice(text)
    assert (time.process_time() - start) / 50 < 0.01


@pytest.mark.parametrize(
    "text",
    ["he hits me " * 9000, "😭🔪" * 25_000, "a" * 100_000, "idontwanttobehere" * 6000],
    ids=["dense", "emoji", "one word", "run together"],
)
def test_a_hundred_kilobytes_are_graded_in_bounded_work(text: str) -> None:
    concerns.warm_up()
    start = time.process_time()
    found = notice(text)
    assert time.process_time() - start < 0.5
    assert found is not None
    assert "text.too-long" in found.reasons
