"""What comes of a journal's records, one after the other."""

import json
import struct
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from napari_medal.catalogue.journal_record import Kind, Record
from napari_medal.catalogue.mask_code import decode_mask, encode_mask
from napari_medal.catalogue.stroke_code import decode_stroke, encode_stroke
from napari_medal.core.stroke import Stroke
from napari_medal.types import LabelArray

STEPS_KEPT = 100
"""How many steps can be undone; a step before them is part of the base."""

_LENGTH = struct.Struct("<I")
_REVISION = struct.Struct("<I")


@dataclass(frozen=True)
class Standing:
    """Where a reader stands with a case.

    Args:
        shape: Of the mask, (Z, Y, X).
        started_from: Model version of the prediction that was drawn on, if any.
        revision: The annotation's revision that was drawn on, or accepted since; 0 for none.
        is_changed: Whether anything was drawn since that revision.
        is_open: Whether anything was drawn since the case was last left or accepted, in good order.
        drawn: How many strokes, less those undone, since then.
    """

    shape: tuple[int, int, int]
    started_from: int | None = None
    revision: int = 0
    is_changed: bool = False
    is_open: bool = False
    drawn: int = 0


class Replay:
    """A mask under the hands of a journal's records.

    Args:
        base: The first record.

    Raises:
        ValueError: It is no base.
    """

    def __init__(self, base: Record) -> None:
        if base.kind is not Kind.BASE:
            msg = "the journal begins without the mask that was drawn on"
            raise ValueError(msg)
        size = _LENGTH.unpack_from(base.body)[0]
        self.standing = _read_standing(base.body[_LENGTH.size : _LENGTH.size + size])
        self.mask: LabelArray = decode_mask(base.body[_LENGTH.size + size :], self.standing.shape)
        self.undo: deque[Stroke] = deque(maxlen=STEPS_KEPT)
        """The steps that led to the mask, oldest first."""
        self.redo: deque[Stroke] = deque(maxlen=STEPS_KEPT)
        """The steps that were undone, last one first."""
        self.seconds = base.seconds
        self.mark: int | None = None
        """Which record sent the mask away to be accepted, as long as the answer is not known."""
        self._count = 1
        self._changed_since_mark = False
        self.was_replaced = False
        """Whether another mask was put in place, so that the steps alone do not lead to this one."""

    def run(self, records: Iterable[Record]) -> "Replay":
        """Apply more records."""
        for record in records:
            self.apply(record)
        return self

    def apply(self, record: Record) -> None:
        """Apply the next record.

        Raises:
            ValueError: It cannot follow on those before.
        """
        self.seconds = max(self.seconds, record.seconds)
        if record.kind.is_change:
            self._change(record)
        elif record.kind is Kind.ACCEPTING:
            self.mark, self._changed_since_mark = self._count, False
        elif record.kind is Kind.ACCEPTED:
            self._accept(_REVISION.unpack(record.body)[0])
        elif record.kind is Kind.REFUSED:
            self.mark, self._changed_since_mark = None, False
        elif record.kind is Kind.LEFT:
            self.standing = replace(self.standing, is_open=False, drawn=0)
        elif record.kind is Kind.STANDING:
            self.standing = _read_standing(record.body)
        self._count += 1

    def _accept(self, revision: int) -> None:
        is_changed = self._changed_since_mark
        self.mark, self._changed_since_mark = None, False
        left = self.standing if is_changed else replace(self.standing, is_open=False, drawn=0)
        self.standing = replace(left, revision=revision, is_changed=is_changed)

    def _change(self, record: Record) -> None:
        drawn = self.standing.drawn
        if record.kind is Kind.STROKE:
            stroke = decode_stroke(record.body)
            stroke.apply(self.mask)
            self.undo.append(stroke)
            self.redo.clear()
            drawn += 1
        elif record.kind is Kind.REPLACED:
            self.mask = decode_mask(record.body, self.standing.shape)
            self.was_replaced = True
        else:
            self._step(record.kind)
            drawn += 1 if record.kind is Kind.REDO else -1
        self._changed_since_mark = self.mark is not None
        self.standing = replace(self.standing, is_changed=True, is_open=True, drawn=max(0, drawn))

    def _step(self, kind: Kind) -> None:
        taken, given = (self.undo, self.redo) if kind is Kind.UNDO else (self.redo, self.undo)
        if not taken:
            msg = "a step is taken back that was never made"
            raise ValueError(msg)
        stroke = taken.pop()
        (stroke.revert if kind is Kind.UNDO else stroke.apply)(self.mask)
        given.append(stroke)


def base_record(standing: Standing, mask_code: bytes, seconds: float = 0.0) -> Record:
    """Return the first record of a journal; the mask as `encode_mask` writes it."""
    known = _write_standing(standing)
    return Record(Kind.BASE, seconds, _LENGTH.pack(len(known)) + known + mask_code)


def stroke_record(stroke: Stroke, seconds: float) -> Record:
    """Return the record of a stroke."""
    return Record(Kind.STROKE, seconds, encode_stroke(stroke))


def accepted_record(revision: int, seconds: float) -> Record:
    """Return the record of a mask that became a revision."""
    return Record(Kind.ACCEPTED, seconds, _REVISION.pack(revision))


def folded(replay: Replay) -> list[Record]:
    """Return few records that come to the same as many: the mask before the steps that can be undone, and those."""
    seconds = replay.seconds
    mask = replay.mask.copy()
    for stroke in reversed(replay.undo):
        stroke.revert(mask)
    records = [base_record(replay.standing, encode_mask(mask), seconds)]
    records += [stroke_record(stroke, seconds) for stroke in (*replay.undo, *reversed(replay.redo))]
    records += [Record(Kind.UNDO, seconds)] * len(replay.redo)
    if replay.was_replaced:
        records.append(Record(Kind.REPLACED, seconds, encode_mask(replay.mask)))
    records.append(Record(Kind.STANDING, seconds, _write_standing(replay.standing)))
    return records if replay.standing.is_open else [*records, Record(Kind.LEFT, seconds)]


def _write_standing(standing: Standing) -> bytes:
    return json.dumps(asdict(standing)).encode()


def _read_standing(body: bytes) -> Standing:
    known = json.loads(body)
    return Standing(**known | {"shape": tuple(known["shape"])})
