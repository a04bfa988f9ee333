"""Whether the figures of masks have to do with what a table says of the subjects."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval
from napari_medal.core.feature import Feature
from napari_medal.core.progress import Progress
from napari_medal.core.stated_pairs import StatedPairs
from napari_medal.errors import SettingsError
from napari_medal.io.subject_table import SubjectTable, read_subject_table
from napari_medal.loop.cohort_features import CohortFeatures, MaskSource, cohort_features
from napari_medal.loop.session import Session
from napari_medal.loop.subject_figures import Joined, SubjectFigures, joined
from napari_medal.metrics.auc import auc
from napari_medal.metrics.bonferroni import bonferroni
from napari_medal.metrics.fisher_exact import Fisher, fisher_exact
from napari_medal.metrics.holm import holm
from napari_medal.metrics.quartiles import quartiles

_FEWEST_GROUPS, _MOST_GROUPS = 2, 6
_QUARTERS = 4


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        table: A CSV file with a row for each subject.
        key: The column that names subjects; "" for the first.
        columns: Those that are tested; none for all with two to six different values.
        stated: Only the pairs of feature and column that the task's source states.
    """

    table: Path
    key: str = ""
    columns: tuple[str, ...] = ()
    stated: bool = False


@dataclass(frozen=True, eq=False)
class Pair:
    """One feature and one column.

    Args:
        feature: The feature.
        column: The column.
        groups: Its values.
        counts: (groups, 4) subjects of each group in each quarter of the feature, the lowest first.
        test: Fisher's exact test of `counts`.
        holm: Its p by Holm's correction over all pairs of the same masks.
        bonferroni: The same by Bonferroni's.
        areas: For each group the chance that a subject of it has a higher figure than another.
    """

    feature: Feature
    column: str
    groups: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    test: Fisher
    areas: tuple[Interval, ...]
    holm: float = float("nan")
    bonferroni: float = float("nan")

    @property
    def subjects(self) -> int:
        """How many have both."""
        return int(self.counts.sum())


@dataclass(frozen=True, eq=False)
class Side:
    """The tests on one kind of masks."""

    source: MaskSource
    subjects: int
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, eq=False)
class Association:
    """What was found.

    Args:
        cohort: The figures of all masks.
        joined: How they were joined with the table.
        sides: Labels, then predictions; those that there are.
        missing: Columns that the task's source states and the table does not have.
    """

    cohort: CohortFeatures
    joined: Joined
    sides: tuple[Side, ...]
    missing: tuple[str, ...] = ()


def associate(session: Session, task: str, question: Question, progress: Progress) -> Association:
    """Test each feature against each column: quarters by groups (Fisher), and each group against the rest (AUC).

    Quarters are those of all subjects that the table has, and intervals of areas come from a bootstrap over subjects.
    Labels and predictions are corrected apart, each for all its pairs. Source: Buda, Saha, Mazurowski 2019 (Comput Biol
    Med 109:218-225), who tested ten pairs.

    Raises:
        SettingsError: The task reads no figures off its masks or states no pairs, there is no such column or none to
            test, or no mask belongs to a subject of the table.
        FormatError: The table cannot be read.
        JobCancelled: The person cancelled; what was measured is kept.
    """
    table = read_subject_table(question.table, question.key)
    wanted = _stated(session, task) if question.stated else None
    columns = _columns(table, question.columns, None if wanted is None else [column for _, column in wanted])
    cohort = cohort_features(session, task, progress)
    together = joined(cohort, table)
    if not together.figures:
        msg = f"{table.path}: found no subject that has a mask here; wanted subjects, or beginnings of cases' names."
        raise SettingsError(msg)
    sides = []
    for figures in together.figures:
        pairs = []
        for place, feature in enumerate(cohort.features):
            for column in columns:
                progress.check()
                if wanted is None or (feature.name, column) in wanted:
                    pairs.append(_pair(feature, figures, place, column, table))
        tested = [pair for pair in pairs if len(pair.groups) >= _FEWEST_GROUPS]
        sides.append(Side(figures.source, len(figures.keys), _corrected(tested)))
    missing = () if wanted is None else tuple(sorted({column for _, column in wanted} - set(table.columns)))
    return Association(cohort, together, tuple(sides), missing)


def _stated(session: Session, task: str) -> tuple[tuple[str, str], ...]:
    behind = session.task(task)
    if not isinstance(behind, StatedPairs):
        msg = f"The task '{task}' states no pairs of a feature and a column; leave --stated out to test all."
        raise SettingsError(msg)
    return behind.pairs


def _columns(table: SubjectTable, asked: Sequence[str], stated: Sequence[str] | None) -> list[str]:
    for name in asked:
        if name not in table.columns:
            msg = f"{table.path}: found no column '{name}'; it has {', '.join(table.columns)}."
            raise SettingsError(msg)
    able = [name for name, said in table.columns.items() if _FEWEST_GROUPS <= len(set(said.values())) <= _MOST_GROUPS]
    chosen = list(asked) or able
    found = [name for name in chosen if stated is None or name in stated]
    if not found:
        msg = f"{table.path}: found no column to test; wanted one with two to six different values."
        raise SettingsError(msg)
    return found


def _pair(feature: Feature, figures: SubjectFigures, place: int, column: str, table: SubjectTable) -> Pair:
    values = figures.values[:, place]
    known = np.flatnonzero(~np.isnan(values))
    quarters = dict(zip(known.tolist(), quartiles(values[known]).tolist(), strict=True))
    said = table.columns[column]
    rows = [row for row in known.tolist() if figures.keys[row] in said]
    groups = sorted({said[figures.keys[row]] for row in rows}, key=_natural)
    truth = np.array([groups.index(said[figures.keys[row]]) for row in rows], dtype=np.int64)
    counts = np.zeros((len(groups), _QUARTERS), dtype=np.int64)
    np.add.at(counts, (truth, [quarters[row] for row in rows]), 1)
    areas = auc(truth, np.repeat(values[rows][:, None], len(groups), axis=1)).per_class if groups else ()
    return Pair(feature, column, tuple(groups), counts, fisher_exact(counts), areas)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort as people count: 2 before 10."""
    parts = re.split(r"(\d+)", text)
    return tuple((1, int(part), part) if place % 2 else (0, 0, part) for place, part in enumerate(parts))


def _corrected(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    p_values = [pair.test.p for pair in pairs]
    return tuple(
        replace(pair, holm=fine, bonferroni=blunt)
        for pair, fine, blunt in zip(pairs, holm(p_values), bonferroni(p_values), strict=True)
    )
