from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from assistant.casework.upload_checks import geometry, straightening
from benchmarks import drawn_papers, paper_photos


def corner_error(found: np.ndarray, true: np.ndarray) -> float:
    """The worst corner, as a share of the diagonal, whichever corner is called the first."""
    worst = min(float(np.linalg.norm(np.roll(found, -j, axis=0) - true, axis=1).max()) for j in range(4))
    return worst / float(np.linalg.norm(true[0] - true[2]))


@pytest.mark.parametrize("kind", ["id_card_front", "business_licence", "lease", "marriage_certificate"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sheet_is_found_on_any_table_at_any_slant(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    photo = paper_photos.photograph(drawn_papers.draw(kind, rng).picture, rng, slant=0.08)
    sheet = geometry.find_sheet(photo.picture)
    assert sheet is not None and sheet.edges_cut == 0
    assert corner_error(sheet.corners, photo.corners) < 0.02


def test_straightened_card_has_the_proportions_of_a_card() -> None:
    rng = np.random.default_rng(11)
    photo = paper_photos.photograph(drawn_papers.draw("id_card_front", rng).picture, rng, quarter=0)
    sheet = geometry.find_sheet(photo.picture)
    assert sheet is not None
    height, width = geometry.straighten(photo.picture, sheet.corners).shape[:2]
    assert width / height == pytest.approx(85.6 / 54, rel=0.02)


def test_sheet_that_runs_out_of_the_picture_is_cut() -> None:
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        photo = paper_photos.photograph(drawn_papers.draw("id_card_front", rng).picture, rng, cut=True)
        sheet = geometry.find_sheet(photo.picture)
        assert sheet is not None and sheet.edges_cut > 0


def test_scan_that_fills_the_picture_is_left_as_it_is() -> None:
    picture = np.asarray(drawn_papers.draw("lease", np.random.default_rng(4)).picture)[:, :, ::-1]
    assert geometry.find_sheet(np.ascontiguousarray(picture)) is None


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_bare_table_is_no_sheet(seed: int) -> None:
    assert geometry.find_sheet(paper_photos.table(np.random.default_rng(seed), (1600, 1200))) is None


def _page(glare: bool, seed: int) -> dict[str, bool]:
    rng = np.random.default_rng(seed)
    photo = paper_photos.photograph(drawn_papers.draw("business_licence", rng).picture, rng, glare=glare)
    told, _ = straightening.pages_of(paper_photos.jpeg(photo.picture), "jpg")
    return {check["code"]: check["ok"] for check in told["pages"][0]["checks"]}


def test_glare_is_seen_on_the_sheet_and_only_where_there_is_some() -> None:
    assert not _page(glare=True, seed=0)["glare"] and not _page(glare=True, seed=1)["glare"]
    assert _page(glare=False, seed=0)["glare"] and _page(glare=False, seed=1)["glare"]


def test_what_the_camera_says_of_its_orientation_is_honoured() -> None:
    picture = drawn_papers.draw("lease", np.random.default_rng(1)).picture
    held = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    picture.rotate(180).save(held, "JPEG", exif=exif)
    _, pages = straightening.pages_of(held.getvalue(), "jpg")
    upright = np.asarray(Image.open(io.BytesIO(pages[0])).convert("L").resize(picture.size), dtype=np.float32)
    assert np.abs(upright - np.asarray(picture.convert("L"), dtype=np.float32)).mean() < 6


def _jpeg(size: tuple[int, int]) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, "white").save(held, "JPEG")
    return held.getvalue()


@pytest.mark.parametrize(
    ("size", "turned", "paper", "millimetres"),
    [
        ((1000, 631), 0, (85.6, 54), (85.6, 54)),
        ((631, 1000), 1, (85.6, 54), (85.6, 54)),
        ((1000, 1414), 0, None, (210, 297)),
        ((1000, 1000), 2, None, (210, 210)),
    ],
)
def test_pdf_pages_have_the_size_of_the_paper(size: tuple[int, int], turned: int, paper: tuple[float, float] | None, millimetres: tuple[float, float]) -> None:
    with pypdfium2.PdfDocument(straightening.as_pdf([_jpeg(size)], [turned], paper)) as document:
        wide, high = (side * 25.4 / 72 for side in document[0].get_size())
    assert (wide, high) == (pytest.approx(millimetres[0], abs=0.5), pytest.approx(millimetres[1], abs=0.5))


def test_pdf_is_turned_without_being_drawn_anew() -> None:
    data = straightening.as_pdf([_jpeg((700, 990)), _jpeg((700, 990))], [0, 0], None)
    with pypdfium2.PdfDocument(straightening.turned_pdf(data, [2, 1])) as document:
        assert [document[0].get_rotation(), document[1].get_rotation()] == [180, 90]


