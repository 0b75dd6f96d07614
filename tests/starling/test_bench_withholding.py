"""The measurement compares like with like: never less than the least, and the same every time."""

from __future__ import annotations

import json

from outcomes.protection.policy import DFE_C, NHS5
from starling.bench.withholding import Shape, compare, made_up

SHAPES = (Shape(NHS5, 2, 1, 2, 60), Shape(DFE_C, 1, 1, 3, 120))


def test_no_choice_withholds_fewer_cells_than_the_least() -> None:
    said: list[str] = []
    found = compare(2, SHAPES, said.append)
    for each in found.tables:
        assert each.primary <= each.least <= each.chosen
        assert each.least <= each.greedy <= each.cells
    assert 1.0 <= found.ratio <= found.greedy_ratio
    assert 2 == len(said)
    assert json.loads(json.dumps(found.as_dict()))["least"] == found.least


def test_one_seed_draws_the_same_people() -> None:
    once, again = (
        sorted(map(str, made_up(7, SHAPES[0]).tables["results"].entries())) for _ in range(2)
    )
    assert once == again
    assert once != sorted(map(str, made_up(8, SHAPES[0]).tables["results"].entries()))
