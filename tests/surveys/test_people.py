"""In which voice somebody is spoken to, and who may use Telegram: whoever is unsure may not."""

from __future__ import annotations

import pytest

from surveys.people import AgeBand, Role, Voice, may_use_telegram, voice_for

YOUNG = {AgeBand.FIVE_TO_SEVEN, AgeBand.EIGHT_TO_ELEVEN}
OLD_ENOUGH = {AgeBand.SIXTEEN_TO_SEVENTEEN, AgeBand.EIGHTEEN_TO_TWENTY_FIVE, AgeBand.ADULT}


@pytest.mark.parametrize("band", list(AgeBand))
def test_a_young_person_is_spoken_to_by_age(band: AgeBand) -> None:
    assert voice_for(Role.YOUNG_PERSON, band) is (Voice.YOUNGER if band in YOUNG else Voice.OLDER)


@pytest.mark.parametrize("role", [Role.CARER, Role.PROFESSIONAL])
@pytest.mark.parametrize("band", list(AgeBand))
def test_a_grown_up_is_spoken_to_as_one_whatever_the_band_says(role: Role, band: AgeBand) -> None:
    assert voice_for(role, band) is Voice.ADULT
    assert may_use_telegram(role, band)


@pytest.mark.parametrize("band", list(AgeBand))
def test_telegram_is_for_young_people_of_sixteen_and_over(band: AgeBand) -> None:
    assert may_use_telegram(Role.YOUNG_PERSON, band) is (band in OLD_ENOUGH)
