"""What one run says, and how it is kept."""

import csv
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TypeVar, get_type_hints

from napari_medal.atomic import write_atomic

R = TypeVar("R", "Round", "Pick", "Quality")


@dataclass(frozen=True)
class Round:
    """What is known after a round; round 0 is the first training.

    Args:
        round: The round.
        labels: Training labels so far.
        minutes: Reading time spent on those after the first.
        figure: The live model on the test cases.
        model: Its number.
        cpu_seconds: Processor time since the run began.
    """

    round: int
    labels: int
    minutes: float
    figure: float
    model: int
    cpu_seconds: float


@dataclass(frozen=True)
class Pick:
    """A case that was labelled: how long it took, how good the prediction was, and why it was chosen."""

    round: int
    case: str
    seconds: float
    figure: float
    reason: str


@dataclass(frozen=True)
class Quality:
    """How well a doubt tells how wrong the model is about the test cases.

    Args:
        round: The round.
        measure: The doubt.
        spearman: Rank correlation of certainty and figure.
        aurc: Area under the risk-coverage curve.
        slices: Share of the wrong voxels of the three worst slices that the three slices pointed at first hold.
    """

    round: int
    measure: str
    spearman: float
    aurc: float
    slices: float


@dataclass(frozen=True)
class Course:
    """One run, from the first model to the last."""

    rounds: tuple[Round, ...]
    picks: tuple[Pick, ...]
    quality: tuple[Quality, ...]

    def write(self, folder: Path) -> None:
        """Keep it as three tables; the one of the rounds comes last, and says that the run is whole."""
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "picks.csv", Pick, self.picks)
        _write(folder / "quality.csv", Quality, self.quality)
        _write(folder / "rounds.csv", Round, self.rounds)

    @classmethod
    def read(cls, folder: Path) -> "Course | None":
        """Read it back; None where there is none."""
        if not (folder / "rounds.csv").exists():
            return None
        rounds, picks, quality = ((folder / f"{name}.csv") for name in ("rounds", "picks", "quality"))
        return cls(_read(rounds, Round), _read(picks, Pick), _read(quality, Quality))


def _write(path: Path, kind: type[R], rows: Sequence[R]) -> None:
    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([field.name for field in fields(kind)])
            writer.writerows([_shown(value) for value in astuple(row)] for row in rows)

    write_atomic(path, write)


def _read(path: Path, kind: type[R]) -> tuple[R, ...]:
    types = get_type_hints(kind)
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(
            kind(**{name: types[name](value) for name, value in row.items()}) for row in csv.DictReader(stream)
        )


def _shown(value: object) -> object:
    return f"{value:.5f}" if isinstance(value, float) else value
