"""Many runs, one after the other and side by side, each kept when it is done."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from benchmarks.active_learning.arms import ARMS, Arm
from benchmarks.active_learning.course import Course
from benchmarks.active_learning.projects import Projects
from benchmarks.active_learning.run import full_data, run
from benchmarks.active_learning.sets import SETS, DataSet
from napari_medal.atomic import write_text_atomic

_FULL_SEEDS = 2


def judge(sets: Sequence[DataSet], arms: Sequence[Arm], seeds: int, workers: int, work: Path, results: Path) -> None:
    """Run every arm on every set with every seed, but for what is there already."""
    work, results = work.resolve(), results.resolve()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        for data in sets:
            Projects(data, work, 0).base()
        _all(executor, [partial(_full, data.name, seed, work, results) for data in sets for seed in range(_FULL_SEEDS)])
        learnings = {arm.learning: arm for arm in arms}.values()
        starts = [
            partial(_start, data.name, arm.name, seed, work)
            for data in sets
            for seed in range(seeds)
            for arm in learnings
            if any(Course.read(place(results, data, other, seed)) is None for other in arms)
        ]
        _all(executor, starts)
        pieces = [
            partial(_piece, data.name, arm.name, seed, work, results)
            for data in sets
            for seed in range(seeds)
            for arm in arms
            if Course.read(place(results, data, arm, seed)) is None and fits(arm, data)
        ]
        _all(executor, pieces)


def place(results: Path, data: DataSet, arm: Arm, seed: int) -> Path:
    """Return the folder of one run's tables."""
    slug = "".join(letter if letter.isalnum() else "-" for letter in arm.name)
    return results / data.name / slug / str(seed)


def full_figures(results: Path, data: DataSet) -> list[float]:
    """Return the figures of the models that knew the whole pool."""
    return [float(path.read_text(encoding="utf-8")) for path in sorted((results / data.name).glob("full-*.txt"))]


def fits(arm: Arm, data: DataSet) -> bool:
    """Tell whether an arm means anything on a set: slabs need volumes."""
    return not arm.slabs or data.thickness > 0


def _all(executor: ProcessPoolExecutor, pieces: Sequence[Callable[[], str]]) -> None:
    """Do all pieces, and tell of each as it is done."""
    began = time.monotonic()
    futures = [executor.submit(piece) for piece in pieces]
    for done, future in enumerate(as_completed(futures), start=1):
        print(f"[{time.monotonic() - began:6.0f} s] {done}/{len(futures)} {future.result()}", flush=True)


def _full(data: str, seed: int, work: Path, results: Path) -> str:
    path = results / data / f"full-{seed}.txt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text_atomic(path, f"{full_data(SETS[data], seed, work):.5f}\n")
    return f"{data}: whole pool, seed {seed}: {path.read_text(encoding='utf-8').strip()}"


def _start(data: str, arm: str, seed: int, work: Path) -> str:
    Projects(SETS[data], work, seed).start(ARMS[arm].learning)
    return f"{data}: first model, seed {seed}"


def _piece(data: str, arm: str, seed: int, work: Path, results: Path) -> str:
    course = run(SETS[data], ARMS[arm], seed, work)
    course.write(place(results, SETS[data], ARMS[arm], seed))
    figures = " ".join(f"{found.figure:.3f}" for found in course.rounds)
    last = course.rounds[-1]
    return f"{data}: {arm}, seed {seed}: {figures}; {last.minutes:.0f} min, {last.cpu_seconds:.0f} s of processor time"
