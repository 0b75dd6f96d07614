"""The measurement of a release makes a real one, and says what it took."""

from __future__ import annotations

from starling.bench.release import Load, measure


def test_a_small_service_is_measured_whole() -> None:
    said: list[str] = []
    result = measure(Load(80, 3, "nhs5", 0), said.append)
    cells, withheld = result["cells"], result["cells_withheld"]
    assert isinstance(cells, int)
    assert isinstance(withheld, int)
    assert 0 < withheld < cells
    assert result["files"] == 40
    assert result["bytes_of_certificate"]
    assert "counting" in said
