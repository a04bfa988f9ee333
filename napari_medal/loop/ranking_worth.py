"""What the ranking is worth: whether it finds more mistakes in a minute than chance does."""

from collections.abc import Sequence
from dataclasses import dataclass

from napari_medal.core.annotation import Annotation
from napari_medal.core.evaluation import Interval
from napari_medal.core.progress import Progress
from napari_medal.core.target import Target
from napari_medal.loop.answer_figures import Figures, answer_figures
from napari_medal.loop.session import Session
from napari_medal.metrics.saved_share import Effort, saved_share

_FEWEST = 8
"""Cases of each kind that an interval needs."""
_LIMITS = "This tells whether the ranking finds mistakes, not whether the model learns more from them."


@dataclass(frozen=True)
class RankingWorth:
    """Ranked cases beside random ones.

    Args:
        ranked: Cases that were ranked, or that the reader chose: labelled from a prediction, in a time that is known.
        audits: Likewise those that were drawn at random.
        ranked_a_minute: Error found in a minute of reading among the first: 1 less the Dice.
        audits_a_minute: Likewise among the others.
        saving: Share of the reading time that ranking saves for the same error found; None where it is not known.
        in_words: The same in plain words.
    """

    ranked: int
    audits: int
    ranked_a_minute: float
    audits_a_minute: float
    saving: Interval | None
    in_words: str


def ranking_worth(session: Session, task: str, progress: Progress) -> RankingWorth:
    """Compare the corrections of ranked cases with those of audits.

    Raises:
        JobCancelled: The person cancelled.
    """
    if session.task(task).target is not Target.MASK:
        return _unknown(0, 0, "What ranking saves is known only of masks: a class or a value is not corrected.")
    corrected = _corrected(session, task)
    audited = {audit.annotation for audit in session.project.audits.all(task)}
    figures = answer_figures(session, task, corrected, progress)
    kept = [found for found in corrected if found.identifier in figures]
    ranked = _effort(session, task, [found for found in kept if found.identifier not in audited], figures)
    audits = _effort(session, task, [found for found in kept if found.identifier in audited], figures)
    return _compared(ranked, audits)


def _corrected(session: Session, task: str) -> list[Annotation]:
    """Return the first whole label of each case, where it corrects a prediction in a time that is known."""
    firsts = []
    for case in session.project.annotations.current(task):
        history = session.project.annotations.history(case, task)
        whole = [found for found in history if found.accepted and found.confirmed is None]
        firsts += whole[:1]
    return [found for found in firsts if found.started_from is not None and found.seconds_spent > 0.0]


def _effort(session: Session, task: str, annotations: Sequence[Annotation], figures: dict[int, Figures]) -> Effort:
    rows = [figures[found.identifier] for found in annotations]
    right = session.task(task).summarise(rows, session.scheme(task)).per_case
    return Effort(
        minutes=tuple(found.seconds_spent / 60.0 for found in annotations), found=tuple(1.0 - value for value in right)
    )


def _compared(ranked: Effort, audits: Effort) -> RankingWorth:
    counts = len(ranked.found), len(audits.found)
    lacks = [
        f"{_FEWEST - count} more {what}"
        for count, what in zip(counts, ("ranked", "random"), strict=True)
        if count < _FEWEST
    ]
    if lacks:
        return _unknown(
            *counts, f"What ranking saves is not known yet: {' and '.join(lacks)} corrected cases are wanted."
        )
    saving = saved_share(ranked, audits)
    if saving.value != saving.value:
        return _unknown(*counts, "What ranking saves is not known: there was nothing to correct in one of the two.")
    return RankingWorth(*counts, ranked.a_minute, audits.a_minute, saving, _in_words(ranked, audits, saving))


def _unknown(ranked: int, audits: int, why: str) -> RankingWorth:
    return RankingWorth(ranked, audits, float("nan"), float("nan"), None, why)


def _in_words(ranked: Effort, audits: Effort, saving: Interval) -> str:
    verb = "saves" if saving.value >= 0 else "costs"
    ends = sorted((saving.low, saving.high) if saving.value >= 0 else (-saving.high, -saving.low))
    chance = "" if saving.low > 0.0 or saving.high < 0.0 else ", which may be chance"
    return (
        f"A minute on ranked cases corrects {ranked.a_minute:.3f} Dice of error, on random ones {audits.a_minute:.3f}: "
        f"ranking {verb} {abs(saving.value):.0%} [{ends[0]:.0%}, {ends[1]:.0%}] of the reading time{chance} "
        f"({len(ranked.found)} ranked, {len(audits.found)} random). {_LIMITS}"
    )
