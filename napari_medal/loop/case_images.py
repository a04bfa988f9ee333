"""The images of a case as a viewer needs them, and those of the next case read ahead."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from napari_medal.core.case import Case
from napari_medal.core.volume import Volume
from napari_medal.core.window import robust_window
from napari_medal.io.read import VolumeFiles


@dataclass(frozen=True, eq=False)
class CaseImages:
    """What the files of a case hold.

    Args:
        volumes: One for each channel, canonical.
        windows: A sensible (low, high) intensity window for each channel.
        ranges: Lowest and highest intensity of each channel.
    """

    volumes: tuple[Volume, ...]
    windows: tuple[tuple[float, float], ...]
    ranges: tuple[tuple[float, float], ...]


class ReadAhead:
    """Reads the images of the case that will probably be wanted next while the one at hand is read.

    One case at most is kept, and only until it is taken: that is all the memory it costs.
    """

    def __init__(self, files: VolumeFiles) -> None:
        self._files = files
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="medal: read ahead")
        self._case: Case | None = None
        self._images: Future[CaseImages] | None = None

    def prepare(self, case: Case) -> None:
        """Begin to read a case, in place of the one that was read ahead last."""
        if self._case is None or self._case.images != case.images:
            self._forget()
            self._case, self._images = case, self._executor.submit(_read, self._files, case)

    def take(self, case: Case) -> CaseImages:
        """Return the images of a case: those that were read ahead, or else from its files.

        Raises:
            FormatError, GeometryError: A file cannot be read.
        """
        ahead = self._images if self._case is not None and self._case.images == case.images else None
        self._forget(keep=ahead)
        return _read(self._files, case) if ahead is None else ahead.result()

    def close(self) -> None:
        """Read no more, and let go of what was read."""
        self._forget()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _forget(self, keep: "Future[CaseImages] | None" = None) -> None:
        if self._images is not None and self._images is not keep:
            self._images.cancel()
        self._case = self._images = None


def _read(files: VolumeFiles, case: Case) -> CaseImages:
    volumes = files.read_case(case.images)
    windows = [robust_window(volume.array) for volume in volumes]
    return CaseImages(
        volumes=volumes,
        windows=tuple((window.low, window.high) for window in windows),
        ranges=tuple((float(volume.array.min()), float(volume.array.max())) for volume in volumes),
    )
