"""What is read off masks, as the worker and jobs ask for it.

The loop is imported in here, which is to say in their threads: it brings the engine's libraries along.
"""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from napari_medal.gui.case_figures import CaseFigures
from napari_medal.gui.shown_association import ShownAssociation, ShownPair

if TYPE_CHECKING:
    from napari_medal.core.grid import Grid
    from napari_medal.core.progress import Progress
    from napari_medal.loop.association import Association, Pair
    from napari_medal.loop.cohort_features import Findings
    from napari_medal.loop.session import Session
    from napari_medal.types import LabelArray


def measure_cohort(session: "Session", task: str, reader: str, progress: "Progress") -> tuple[CaseFigures, ...]:
    """Measure every mask that a reader may see."""
    from napari_medal.loop.cohort_features import MaskSource, cohort_features
    from napari_medal.loop.reading_mode import sight_of

    found = cohort_features(session, task, progress).cases
    sights = {case: sight_of(session, task, case, reader) for case in {figures.case for figures in found}}
    return tuple(
        CaseFigures(figures.case, is_prediction, figures.values, figures.has_learned)
        for figures in found
        for is_prediction in (figures.source is MaskSource.PREDICTION,)
        if (sights[figures.case].prediction if is_prediction else sights[figures.case].labels)
    )


def measure_mask(
    session: "Session", task: str, mask: "LabelArray", grid: "Grid", is_wanted: Callable[[], bool]
) -> "Findings | None":
    """Measure a mask (Z, Y, X) of a case; None if that is not wanted any more by the time that it is its turn."""
    from napari_medal.loop.cohort_features import findings

    return findings(session, task, mask.copy(), grid) if is_wanted() else None


def associate_with(
    session: "Session", task: str, table: Path, progress: "Progress"
) -> "tuple[Association, ShownAssociation]":
    """Test the figures of all masks against the columns of a table."""
    from napari_medal.loop.association import Question, associate
    from napari_medal.loop.association_files import write_association
    from napari_medal.loop.association_words import association_words

    found = associate(session, task, Question(table), progress)
    with TemporaryDirectory() as folder:
        write_association(found, Path(folder) / "association", progress)
        picture = (Path(folder) / "association" / "association.png").read_bytes()
    pairs = tuple(_shown(side.source.value, pair) for side in found.sides for pair in side.pairs)
    return found, ShownAssociation(association_words(found), pairs, picture)


def write_found(found: "Association", folder: Path, progress: "Progress") -> Path:
    """Write what was found into a new or an empty folder; return the folder."""
    from napari_medal.loop.association_files import write_association

    write_association(found, folder, progress)
    return folder


def _shown(mask: str, pair: "Pair") -> ShownPair:
    quarters = "\n".join(
        f"{group}: {', '.join(map(str, counts))}"
        for group, counts in zip(pair.groups, pair.counts.tolist(), strict=True)
    )
    areas = "\n".join(f"{group}: {area}" for group, area in zip(pair.groups, pair.areas, strict=True))
    test = pair.test.p, pair.holm, pair.bonferroni
    return ShownPair(mask, pair.feature.title, pair.column, pair.subjects, *test, quarters, areas)
