"""The figures of masks, joined with a table of subjects."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.io.subject_table import SubjectTable
from napari_medal.loop.cohort_features import CaseFeatures, CohortFeatures, MaskSource


@dataclass(frozen=True, eq=False)
class SubjectFigures:
    """The figures of one kind of masks.

    Args:
        source: Whose masks they are.
        keys: The subjects by their names in the table, sorted.
        values: (subjects, features): the mean over a subject's cases; nan where no case has it.
    """

    source: MaskSource
    keys: tuple[str, ...]
    values: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Joined:
    """Figures and table together.

    Args:
        figures: Labels, then predictions; those that there are.
        unmatched_rows: Subjects of the table without a mask.
        unmatched_cases: Cases with a mask that the table does not have.
        learned: Cases whose prediction is left out: the model had learned from a label of the subject.
    """

    figures: tuple[SubjectFigures, ...]
    unmatched_rows: tuple[str, ...]
    unmatched_cases: tuple[str, ...]
    learned: tuple[str, ...]


def joined(cohort: CohortFeatures, table: SubjectTable) -> Joined:
    """Join by subject: a row is a case's if it names its subject, else if the case's name begins with it.

    Of several rows with which a case's name begins the longest counts.
    """
    honest = [entry for entry in cohort.cases if not entry.has_learned]
    known = {entry.case: _key(entry, table) for entry in cohort.cases}
    used = {known[entry.case] for entry in honest}
    figures = [_of(source, honest, known) for source in MaskSource]
    return Joined(
        tuple(found for found in figures if found is not None),
        tuple(subject for subject in table.subjects if subject not in used),
        tuple(sorted(case for case, key in known.items() if not key)),
        tuple(entry.case for entry in cohort.cases if entry.has_learned),
    )


def _key(entry: CaseFeatures, table: SubjectTable) -> str:
    """Return a case's subject as the table names it; "" where it does not."""
    if entry.subject in table.subjects:
        return entry.subject
    return max((subject for subject in table.subjects if entry.case.startswith(subject)), key=len, default="")


def _of(source: MaskSource, entries: Sequence[CaseFeatures], known: dict[str, str]) -> SubjectFigures | None:
    values: dict[str, list[tuple[float, ...]]] = {}
    for entry in entries:
        if entry.source is source and known[entry.case]:
            values.setdefault(known[entry.case], []).append(entry.values)
    if not values:
        return None
    keys = tuple(sorted(values))
    return SubjectFigures(source, keys, np.array([_mean(np.array(values[key])) for key in keys]))


def _mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the mean over cases (cases, features), nan where none has a figure."""
    known = ~np.isnan(values)
    sums = np.where(known, values, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), sums / np.maximum(known.sum(axis=0), 1), np.nan)
