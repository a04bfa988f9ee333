"""Kills readers at random moments and looks at what is left of their work.

    python -m tests.kill.campaign --kills 50 --seed 0

One process imports everything once, makes a project of phantoms, and forks a reader for each kill. The reader draws,
undoes, redoes, accepts and changes cases as it was planned before, with a thread that writes the journal and another
one that accepts, and says through a pipe what is on the disk. It is killed at a random moment. What `open_case` then
restores, mask and steps, must be what the plan says after one and the same step for all cases: none that was said to
be on the disk may be missing.
"""

import argparse
import json
import os
import random
import select
import signal
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from napari_medal.catalogue import journal as journal_module
from napari_medal.catalogue.journal_replay import STEPS_KEPT
from napari_medal.core.progress import Silent
from napari_medal.core.stroke import Stroke
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading
from napari_medal.loop.journalling import CaseJournal, accept_drawn
from napari_medal.loop.opening import OpenedCase, begin_case, open_case, unfinished_case
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray
from tests.catalogue.strokes import random_stroke
from tests.small import small_session

TASK = "segmentation"
CASES = ("case_000", "case_001", "case_002")
STEPS = 60
FOLD_AFTER = 40
"""Journals are folded far sooner than in earnest, so that kills meet it."""

_REPORT = struct.Struct("<cI")
_DRAWN, _ACCEPTED = b"d", b"a"


@dataclass(frozen=True)
class CaseState:
    """What is known of one case; masks as bytes, shared between states."""

    mask: bytes
    undo: tuple[bytes, ...] = ()
    redo: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class State:
    """What is known of all cases after a step, and which one is being read."""

    cases: dict[str, CaseState]
    current: str


@dataclass(frozen=True)
class Step:
    """What the reader does: "draw", "undo", "redo", "accept" or "switch"."""

    wish: str
    stroke: Stroke | None = None
    case: str = ""


@dataclass
class Plan:
    """Steps, and the state after each; `states[0]` is the one before the first."""

    steps: list[Step] = field(default_factory=list)
    states: list[State] = field(default_factory=list)


def make_plan(start: State, shapes: dict[str, tuple[int, int, int]], seed: int) -> Plan:
    """Draw up steps at random."""
    rng = np.random.default_rng(seed)
    plan = Plan([], [start])
    for _ in range(STEPS):
        state = plan.states[-1]
        step = _random_step(rng, state, shapes)
        plan.steps.append(step)
        plan.states.append(_after(state, step, shapes))
    return plan


def _random_step(rng: np.random.Generator, state: State, shapes: dict[str, tuple[int, int, int]]) -> Step:
    known = state.cases[state.current]
    wish = str(rng.choice(["draw", "undo", "redo", "accept", "switch"], p=[0.55, 0.17, 0.1, 0.09, 0.09]))
    if wish == "switch":
        return Step(wish, case=str(rng.choice(CASES)))
    if wish == "accept" or (wish == "undo" and known.undo) or (wish == "redo" and known.redo):
        return Step(wish)
    return Step("draw", random_stroke(rng, _array(known.mask, shapes[state.current]).copy()))


def _after(state: State, step: Step, shapes: dict[str, tuple[int, int, int]]) -> State:
    known = state.cases[state.current]
    if step.wish == "switch":
        return replace(state, current=step.case)
    if step.wish == "accept":
        return state
    if step.stroke is not None:
        mask = _array(known.mask, shapes[state.current]).copy()
        step.stroke.apply(mask)
        known = CaseState(mask.tobytes(), (*known.undo, known.mask)[-STEPS_KEPT:])
    elif step.wish == "undo":
        known = CaseState(known.undo[-1], known.undo[:-1], (*known.redo, known.mask))
    else:
        known = CaseState(known.redo[-1], (*known.undo, known.mask), known.redo[:-1])
    return replace(state, cases=state.cases | {state.current: known})


def _array(mask: bytes, shape: tuple[int, int, int]) -> LabelArray:
    return np.frombuffer(mask, np.uint8).reshape(shape)


class Reader:
    """The one that is killed. As in the viewer, one thread draws, one writes and one accepts."""

    def __init__(self, session: Session, report: Callable[[bytes, int], None], seed: int) -> None:
        self._session = session
        self._report = report
        self._pace = random.Random(seed)
        self._due = threading.Event()
        self._accepting: threading.Thread | None = None
        self._opened: OpenedCase | None = None
        self._done = 0

    def read(self, plan: Plan) -> None:
        """Do as planned."""
        self._open(plan.states[0])
        threading.Thread(target=self._write, daemon=True).start()
        for number, step in enumerate(plan.steps, start=1):
            self._do(step, number, plan.states[number])
            self._done = number
            self._due.set()
            time.sleep(self._pace.choice((0.0, 0.0, 0.001, 0.004)))
        self._settle()

    @property
    def _journal(self) -> CaseJournal:
        assert self._opened is not None
        assert self._opened.journal is not None
        return self._opened.journal

    def _do(self, step: Step, number: int, state: State) -> None:
        if step.stroke is not None:
            stroke = step.stroke
            self._journal.note_stroke(lambda: stroke, float(number))
        elif step.wish == "undo":
            self._journal.note_undone(float(number))
        elif step.wish == "redo":
            self._journal.note_redone(float(number))
        elif step.wish == "switch":
            self._settle()
            self._journal.note_left(float(number))
            self._journal.write()
            self._open(state)
        else:
            self._settle()
            self._accept(number, _array(state.cases[state.current].mask, self._shape))

    def _accept(self, number: int, mask: LabelArray) -> None:
        journal = self._journal
        journal.note_accepting(float(number))

        def work() -> None:
            accept_drawn(self._session, TASK, mask, Reading("ann", float(number)), journal)
            self._report(_ACCEPTED, number)

        self._accepting = threading.Thread(target=work)
        self._accepting.start()

    @property
    def _shape(self) -> tuple[int, int, int]:
        assert self._opened is not None
        return self._opened.volumes[0].grid.shape

    def _settle(self) -> None:
        """Wait for an accept that is on its way, and for the disk."""
        if self._accepting is not None:
            self._accepting.join()
            self._accepting = None
        done = self._done
        self._journal.write()
        self._report(_DRAWN, done)

    def _open(self, state: State) -> None:
        self._opened = open_case(self._session, TASK, state.current)
        assert _state_of(self._opened) == state.cases[state.current]
        begin_case(self._session, state.current)

    def _write(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            done = self._done
            self._journal.write()
            self._report(_DRAWN, done)


@dataclass
class Campaign:
    """The project, what is known of it, and what went wrong."""

    session: Session
    shapes: dict[str, tuple[int, int, int]]
    state: State
    accepted: dict[str, bytes | None]
    failures: list[str] = field(default_factory=list)
    kills: int = 0
    finished: int = 0
    """Readers that were through before they were killed."""
    in_flight: int = 0
    """Kills that left more on the disk than had been said."""
    steps: int = 0
    """Steps that were said to be on the disk, all together."""

    def kill_one(self, seed: int) -> None:
        """Let a reader read, kill it, and look."""
        plan = make_plan(self.state, self.shapes, seed)
        drawn, accepted = self._read_and_kill(plan, seed)
        self.kills += 1
        self.steps += drawn
        window = range(drawn, len(plan.states))
        died_over = unfinished_case(self.session)
        if died_over is not None and died_over[1] not in {plan.states[at].current for at in window}:
            self.failures.append(f"seed {seed}: {died_over} was not being read")
        found = {case: _state_of(open_case(self.session, TASK, case)) for case in CASES}
        matching = [at for at in window if plan.states[at].cases == found]
        if not matching:
            self.failures.append(f"seed {seed}: no step after {drawn} of {len(plan.steps)} looks like what was found")
        self.in_flight += bool(matching) and drawn not in matching
        at = matching[0] if matching else drawn
        self.state = State(found, plan.states[at].current if died_over is None else died_over[1])
        self._check_revisions(plan, accepted, seed)
        self.session.project.database.dispose()

    def _check_revisions(self, plan: Plan, accepted: int, seed: int) -> None:
        """Look whether a revision is what was drawn when it was accepted, and none that was said is missing."""
        possible = {case: {self.accepted[case]} for case in CASES}
        for number, step in enumerate(plan.steps, start=1):
            state = plan.states[number]
            if step.wish == "accept":
                mask = state.cases[state.current].mask
                if number <= accepted:
                    possible[state.current] = {mask}
                else:
                    possible[state.current].add(mask)
        current = self.session.project.annotations.current(TASK)
        for case in CASES:
            mask = None
            if case in current and current[case].mask is not None:
                grid = self.session.files.read_case(self.session.project.cases.get(case).images)[0].grid
                mask = self.session.files.read_mask(current[case].mask, grid, self.session.scheme(TASK)).tobytes()
            if mask not in possible[case]:
                self.failures.append(f"seed {seed}: the revision of {case} is none that was accepted")
            self.accepted[case] = mask

    def _read_and_kill(self, plan: Plan, seed: int) -> tuple[int, int]:
        """Return the last step that the reader said was on the disk, and the last one accepted."""
        receive, send = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(receive)
            _read_as_child(self.session, plan, send, seed)
        os.close(send)
        chance = random.Random(seed)
        enough = chance.randrange(1, STEPS)
        if chance.random() < 0.8:  # else it may be killed before it has drawn anything
            select.select([receive], [], [], 60.0)
        deadline = time.monotonic() + chance.uniform(0.01, 0.5)
        said: list[tuple[bytes, int]] = []
        while len(said) < enough and (left := deadline - time.monotonic()) > 0:
            if not select.select([receive], [], [], left)[0] or not (report := os.read(receive, _REPORT.size)):
                break
            said.append(_REPORT.unpack(report))
        time.sleep(chance.uniform(0.0, 0.003))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        self.finished += not os.WIFSIGNALED(status)
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            self.failures.append(f"seed {seed}: the reader failed by itself")
        said += _rest(receive)
        os.close(receive)
        numbers = {kind: max((n for what, n in said if what == kind), default=0) for kind in (_DRAWN, _ACCEPTED)}
        return numbers[_DRAWN], numbers[_ACCEPTED]


def _read_as_child(session: Session, plan: Plan, send: int, seed: int) -> None:
    """Read, in the forked process, which ends here."""
    code = 1
    try:
        Reader(session, lambda kind, number: _say(send, kind, number), seed).read(plan)
        code = 0
    finally:
        os._exit(code)


def _say(send: int, kind: bytes, number: int) -> None:
    os.write(send, _REPORT.pack(kind, number))


def _rest(receive: int) -> Iterator[tuple[bytes, int]]:
    while report := os.read(receive, _REPORT.size):
        yield _REPORT.unpack(report)


def _state_of(opened: OpenedCase) -> CaseState:
    """Return what is shown of a case, and what undo and redo make of it."""
    assert opened.mask is not None
    mask = opened.mask.copy()
    undo = []
    for stroke in reversed(opened.undo):
        stroke.revert(mask)
        undo.append(mask.tobytes())
    mask, redo = opened.mask.copy(), []
    for stroke in reversed(opened.redo):
        stroke.apply(mask)
        redo.append(mask.tobytes())
    return CaseState(opened.mask.tobytes(), tuple(reversed(undo)), tuple(reversed(redo)))


def start(folder: Path) -> Campaign:
    """Make the project."""
    cohort = write_phantoms(folder / "cohort", len(CASES), seed=3, progress=Silent(), shape=(8, 16, 12))
    session = small_session(folder / "project")
    add_cases(session, Source(cohort.images), Silent())
    opened = {case: open_case(session, TASK, case) for case in CASES}
    shapes = {case: found.volumes[0].grid.shape for case, found in opened.items()}
    state = State({case: _state_of(found) for case, found in opened.items()}, CASES[0])
    session.project.database.dispose()
    return Campaign(session, shapes, state, dict.fromkeys(CASES))


def main() -> int:
    """Run a campaign and print what came of it."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=0)
    wishes = arguments.parse_args()
    journal_module.LONGEST_RECORDS = FOLD_AFTER
    with tempfile.TemporaryDirectory() as folder:
        campaign = start(Path(folder))
        for number in range(wishes.kills):
            campaign.kill_one(wishes.seed + number)
    told = {name: getattr(campaign, name) for name in ("kills", "finished", "in_flight", "steps", "failures")}
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
