"""What may be chosen of a task, and what comes of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from napari_medal.core.task_choices import TaskChoices
from napari_medal.core.verification import LearnFrom, Verification


@dataclass(frozen=True)
class Offer:
    """An extension to choose: its name, a title for people, and what it does in a sentence; "" where it says none."""

    name: str
    title: str
    explained: str


@dataclass(frozen=True)
class OfferedChoices:
    """What a task asks for now, and what else there is.

    Args:
        task: The task.
        now: What it asks for now.
        strategies: What may rank, by name.
        measures: What may count as unsure; those alone that tell something of the task's answers.
        labels: How many labels count.
        verified: How many of them a second reader has verified.
        unverified: How many stand whole and are not verified: they await a second reader where there is one.
        has_model: Whether a model serves.
    """

    task: str
    now: TaskChoices
    strategies: tuple[Offer, ...]
    measures: tuple[Offer, ...]
    labels: int
    verified: int
    unverified: int
    has_model: bool

    def rescores(self, chosen: TaskChoices) -> bool:
        """Tell whether the model has to be asked again: scores by another measure cannot be compared."""
        return self.has_model and chosen.measure != self.now.measure

    def remarks_on(self, chosen: TaskChoices) -> tuple[str, ...]:
        """Say, each in a sentence, what a person should know who chooses this."""
        return (*self._of_audits(chosen), *self._of_second_readers(chosen), *self._of_teaching(chosen))

    def _of_audits(self, chosen: TaskChoices) -> Iterator[str]:
        if chosen.audit_every == 1:
            yield "Every case is drawn at random, so the strategy decides nothing."
        elif chosen.audit_every == 0 and self.now.audit_every:
            yield "Without random cases nobody can tell how good the model is; figures that are there stay."

    def _of_second_readers(self, chosen: TaskChoices) -> Iterator[str]:
        if chosen.verification is self.now.verification or not self.unverified:
            return
        are = _counted(self.unverified, "label that is there awaits", "labels that are there await")
        if chosen.verification is Verification.NONE:
            yield f"{are} no second reader any more; what was verified stays verified."
        elif chosen.learn_from is LearnFrom.VERIFIED:
            yield f"{are} a second reader before anything learns from {'it' if self.unverified == 1 else 'them'}."
        else:
            yield f"{are} a second reader, and {'counts' if self.unverified == 1 else 'count'} meanwhile."

    def _of_teaching(self, chosen: TaskChoices) -> Iterator[str]:
        if chosen.learn_from is not LearnFrom.VERIFIED:
            return
        ends = "" if chosen.verification is Verification.SECOND_READER else ", and nobody verifies more of them"
        if self.verified:
            yield f"Models learn from {self.verified} of {_counted(self.labels, 'label', 'labels')}{ends}."
        else:
            yield f"No label is verified yet, so nothing can be trained{ends}."


def _counted(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
