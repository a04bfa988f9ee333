"""Train the members of a model version, in one run or in several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from napari_medal.core.learning import EnsembleKind
from napari_medal.core.progress import Progress
from napari_medal.engine.ensemble import Weights
from napari_medal.engine.examples import Example
from napari_medal.engine.train import train
from napari_medal.engine.training import Training
from napari_medal.errors import ModelError
from napari_medal.loop.interrupted import Interrupted
from napari_medal.loop.part import Part

_SEED_STEP = 10_007
"""Between the seeds of the runs of one ensemble; model versions count their seeds by one."""


@dataclass(frozen=True, eq=False)
class Fold:
    """One run of a cross-validation: its weights, and the positions of the examples that it has not seen."""

    weights: Weights
    left_out: tuple[int, ...]


def train_members(
    training: Training,
    kind: EnsembleKind,
    subjects: Sequence[str],
    interrupted: Interrupted | None,
    progress: Progress,
    folded: Callable[[Fold], None] | None = None,
    starts: Sequence[Weights] = (),
) -> list[Weights]:
    """Train `training.plan.members` members, and return the weights of each.

    SNAPSHOTS are moments of one run. DEEP are runs with seeds of their own (Lakshminarayanan et al. 2017, arXiv
    1612.01474). FOLDS are runs that each leave another fold of the subjects out; they begin with random weights, as the
    live model has seen every label.

    Args:
        training: What is trained.
        kind: Where the members come from.
        subjects: Whose each example is; folds never cut through a subject.
        interrupted: Where the runs keep their state; None keeps none.
        progress: Told of each step.
        folded: Told of each fold as it is trained.
        starts: Members that DEEP ones go on from, each from its own, so that they stay unlike; empty lets all begin as
            `training` says.

    Raises:
        ModelError: There are fewer subjects than folds, or what `train` raises.
        JobCancelled: The person cancelled.
    """
    runs = 1 if kind is EnsembleKind.SNAPSHOTS else training.plan.members
    if interrupted is not None:
        interrupted.keep_only(runs)

    def run(number: int, of: Training) -> list[Weights]:
        checkpoint = None if interrupted is None else interrupted.checkpoint(number)
        return train(replace(of, checkpoint=checkpoint), Part(progress, number, runs, _name(kind)))

    if kind is EnsembleKind.SNAPSHOTS:
        return run(0, training)
    alone = replace(training, plan=replace(training.plan, members=1))
    if kind is EnsembleKind.DEEP:
        begun = [replace(alone, start=starts[number % len(starts)]) if starts else alone for number in range(runs)]
        return [run(number, _seeded(of, number))[0] for number, of in enumerate(begun)]
    members = []
    for number, left_out in enumerate(folds(subjects, runs)):
        weights = run(number, _without(_seeded(replace(alone, start=None), number), left_out))[0]
        members.append(weights)
        if folded is not None:
            folded(Fold(weights, left_out))
    return members


def folds(subjects: Sequence[str], count: int) -> list[tuple[int, ...]]:
    """Divide positions into folds of about as many subjects, each subject in one.

    Raises:
        ModelError: There are fewer subjects than folds.
    """
    found = sorted(set(subjects))
    if len(found) < count:
        msg = f"{count} folds need labels of at least {count} subjects; found {len(found)}."
        raise ModelError(msg)
    fold_of = {subject: place % count for place, subject in enumerate(found)}
    return [
        tuple(position for position, subject in enumerate(subjects) if fold_of[subject] == number)
        for number in range(count)
    ]


def _seeded(training: Training, number: int) -> Training:
    return replace(training, seed=training.seed + number * _SEED_STEP)


def _without(training: Training, left_out: Sequence[int]) -> Training:
    kept = [position for position in range(len(training.examples)) if position not in set(left_out)]
    examples: list[Example] = [training.examples[position] for position in kept]
    frequencies = [training.frequencies[position] for position in kept] if training.frequencies else ()
    return replace(training, examples=examples, frequencies=frequencies)


def _name(kind: EnsembleKind) -> str:
    return "fold" if kind is EnsembleKind.FOLDS else "member"
