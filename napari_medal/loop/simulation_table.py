"""The figures of a simulated run, as a table."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from napari_medal.core.evaluation import Evaluation


@dataclass(frozen=True)
class RoundFigures:
    """What is known after a round; round 0 is the first training.

    Args:
        number: The round.
        labels: Training labels so far; the frozen validation set comes on top.
        simulated_minutes: Reading time spent on them.
        evaluation: The live model on the test cases.
        live_model: Its number.
        wall_seconds: Time since the run began.
    """

    number: int
    labels: int
    simulated_minutes: float
    evaluation: Evaluation
    live_model: int
    wall_seconds: float


def table_text(figures: Sequence[RoundFigures]) -> str:
    """Return the figures as CSV: a row for each round, each metric with its interval."""
    metrics = list(figures[0].evaluation.metrics)
    header = ["round", "labels", "simulated_minutes"]
    for metric in metrics:
        header += [metric, f"{metric}_low", f"{metric}_high"]
    header += ["live_model", "wall_seconds"]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    for row in figures:
        cells = [str(row.number), str(row.labels), f"{row.simulated_minutes:.2f}"]
        for metric in metrics:
            interval = row.evaluation.metrics[metric]
            cells += [f"{interval.value:.4f}", f"{interval.low:.4f}", f"{interval.high:.4f}"]
        writer.writerow([*cells, str(row.live_model), f"{row.wall_seconds:.1f}"])
    return stream.getvalue()
