"""The printing machinery is heavy, so it comes late; it may be used from any thread."""

from __future__ import annotations

import gc
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text

from pictures import press
from pictures.star import Ray, draw_star

ROOT: Final = Path(__file__).parents[2]
MODULES: Final = (
    "star",
    "group",
    "flow",
    "changes",
    "shares",
    "trend",
    "palette",
    "tables",
    "symbols",
)

STAR: Final = [Ray("Home", 4, 2), Ray("Friends", None, 3), Ray("School", 2, 2)]


def draw(_turn: int = 0) -> bytes:
    return draw_star(
        STAR,
        title="Your star",
        now_label="Now",
        before_label="Last time",
        skipped_label="You left this out",
    )


def run(program: str, folder: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    return done.stdout.strip()


def test_importing_the_package_does_not_load_the_heavy_libraries() -> None:
    imports = "".join(f"import pictures.{module}\n" for module in MODULES)
    loaded = run(f"{imports}print(*{{'matplotlib', 'numpy', 'PIL'}} & set(sys.modules))")
    assert loaded == ""


def test_pictures_drawn_in_many_threads_at_once_are_all_the_same() -> None:
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(draw, range(16)))
    assert set(drawn) == {draw()}


def test_one_drawing_waits_for_the_other() -> None:
    with ThreadPoolExecutor(1) as pool:
        with press._ONE_AT_A_TIME:
            drawing = pool.submit(draw)
            with pytest.raises(TimeoutError):
                drawing.result(timeout=0.3)
        assert drawing.result() == draw()


def test_a_drawn_picture_leaves_nothing_heavy_behind() -> None:
    """Not even until the garbage collector comes round: it is switched off here."""
    gc.collect()
    gc.disable()
    try:
        draw()
        left = [held for held in gc.get_objects() if isinstance(held, RendererAgg | Text)]
    finally:
        gc.enable()
    assert left == []


def test_a_strangers_settings_of_matplotlib_do_not_change_a_picture(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text(
        "font.family: serif\ntext.hinting: none\npath.sketch: 5, 50, 5\ntext.usetex: True\n"
    )
    program = (
        "import hashlib\nfrom pictures.star import Ray, draw_star\n"
        f"star = [{', '.join(repr(ray) for ray in STAR)}]\n"
        "png = draw_star(star, title='Your star', now_label='Now', before_label='Last time',"
        " skipped_label='You left this out')\n"
        "print(hashlib.sha256(png).hexdigest())"
    )
    assert run(program, tmp_path) == run(program)


def test_nothing_uses_the_global_plotting_interface() -> None:
    loaded = run("from pictures import engraver\nprint('matplotlib.pyplot' in sys.modules)")
    assert loaded == "False"
