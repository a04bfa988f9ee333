"""Progress of one part of several that are alike."""

from dataclasses import dataclass, replace

from napari_medal.core.progress import CurvePoint, Progress


@dataclass(eq=False)
class Part:
    """Hands progress on as a part of the whole: "Training, member 2 of 5".

    Args:
        whole: Told of the whole.
        number: Which part, from 0.
        count: How many parts there are.
        name: What a part is called.
    """

    whole: Progress
    number: int
    count: int
    name: str
    _total: int = 0

    def step(self, done: int, total: int, text: str) -> None:
        """Say how far the part is; parts are reckoned to be of equal length."""
        self._total = total
        words = text if self.count == 1 else f"{text}, {self.name} {self.number + 1} of {self.count}"
        self.whole.step(self.number * total + done, self.count * total, words)

    def point(self, point: CurvePoint) -> None:
        """Add a point to a curve that goes on from the part before."""
        self.whole.point(replace(point, step=self.number * self._total + point.step))

    def check(self) -> None:
        """Answer a pause or a cancel."""
        self.whole.check()
