"""How two readers agree: one who labels, and one who verifies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from napari_medal.core.annotation import Annotation
from napari_medal.core.evaluation import Interval
from napari_medal.core.target import Target
from napari_medal.core.verification import Stage, Verification
from napari_medal.loop.counted import counted
from napari_medal.loop.session import Session
from napari_medal.loop.verification import stages
from napari_medal.metrics.bland_altman import bland_altman
from napari_medal.metrics.bootstrap import mean_interval
from napari_medal.metrics.icc import intraclass_correlation
from napari_medal.metrics.kappa import kappa


@dataclass(frozen=True)
class ReaderAgreement:
    """What became of the labels of a task that a second reader looks at.

    Args:
        awaiting: Labels that await verification.
        verified: Labels that were verified.
        corrected: How many of them the second reader changed.
        figures: How the two readers agree: for masks the mean Dice, of each subject first; for classes Cohen's kappa;
            for numbers bias and limits of agreement, the second reader less the first, and the intraclass correlation
            ICC(2,1). The second reader saw the first one's answer, so both agree more than two who read apart.
    """

    awaiting: int
    verified: int
    corrected: int
    figures: Mapping[str, Interval] = field(default_factory=dict)

    @property
    def in_words(self) -> str:
        """The same in a sentence."""
        told = f"Second reader: {self.awaiting} to verify, {self.verified} verified, {self.corrected} of them corrected"
        figures = ", ".join(f"{name} {interval}" for name, interval in self.figures.items())
        return f"{told}; {figures}." if figures else f"{told}."


def reader_agreement(session: Session, task: str) -> ReaderAgreement | None:
    """Count, and compare what was verified with what it verifies; None for a task without a second reader."""
    if session.project.task_settings(task).verification is Verification.NONE:
        return None
    every = counted(session, task)
    found = Counter(stages(session, task, every, "").values())
    labels = [label for label in every.values() if label.verified is not None]
    corrected = sum(label.verified is not None and label.verified.changed > 0 for label in labels)
    figures = _figures(session, task, labels) if labels else {}
    return ReaderAgreement(found[Stage.TO_VERIFY], len(labels), corrected, figures)


def _figures(session: Session, task: str, labels: Sequence[Annotation]) -> dict[str, Interval]:
    target = session.task(task).target
    if target is Target.MASK:
        return {"Dice": mean_interval(_by_subject(session, labels))}
    identifiers = [label.verified.identifier for label in labels if label.verified is not None]
    firsts = session.project.annotations.by_identifier(identifiers)
    pairs = [(firsts[number], label) for number, label in zip(identifiers, labels, strict=True) if number in firsts]
    if target is Target.CLASS:
        places: dict[int | None, int] = {value: place for place, value in enumerate(session.scheme(task).values)}
        return {"kappa": kappa(*_places(pairs, places), len(places))}
    first = [float("nan") if one.value is None else one.value for one, _ in pairs]
    second = [float("nan") if other.value is None else other.value for _, other in pairs]
    agreement = bland_altman(second, first)
    correlation = intraclass_correlation(np.array([first, second]).T)
    return {
        "bias": agreement.bias,
        "lower limit": agreement.lower,
        "upper limit": agreement.upper,
        "ICC": correlation.agreement,
    }


def _by_subject(session: Session, labels: Sequence[Annotation]) -> list[float]:
    """Return the mean Dice of each subject."""
    subjects = {case.name: case.subject for case in session.project.cases.all()}
    found: dict[str, list[float]] = {}
    for label in labels:
        if label.verified is not None and label.verified.dice is not None:
            found.setdefault(subjects[label.case], []).append(label.verified.dice)
    return [float(np.mean(values)) for values in found.values()]


def _places(
    pairs: Sequence[tuple[Annotation, Annotation]], places: Mapping[int | None, int]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the classes of both readers as indices; a class that the task has no more leaves its pair out."""
    known = [
        (places[one.class_value], places[other.class_value])
        for one, other in pairs
        if one.class_value in places and other.class_value in places
    ]
    return np.array([one for one, _ in known], dtype=np.int64), np.array([other for _, other in known], dtype=np.int64)
