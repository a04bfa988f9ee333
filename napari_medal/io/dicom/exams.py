"""DICOM images sorted into cases."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.dicom.alike import group_alike
from napari_medal.io.dicom.channel_name import channel_name
from napari_medal.io.dicom.frame import Frame, frames_of
from napari_medal.io.dicom.header import Header

_READER = "dicom"
_FEW = 3
"""A group of so few slices beside a larger one is left to the reader of files, which takes them for scouts."""
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


@dataclass(frozen=True)
class SortedCase:
    """A case, and the frame of reference that its series share; "" where nothing says it."""

    case: FoundCase
    space: str


@dataclass(frozen=True)
class _Series:
    """Files that make one image, and where they belong."""

    headers: tuple[Header, ...]
    voxels: int
    spacing_mm: float
    is_placed: bool

    @property
    def first(self) -> Header:
        return self.headers[0]

    @property
    def subject(self) -> str:
        return self.first.person.identifier or self.first.study or self.first.series

    @property
    def space(self) -> str:
        """What tells cases of one exam apart: series that share a frame of reference are one case."""
        if not self.is_placed:
            return self.first.sop_instance or str(self.first.path)
        return self.first.frame_of_reference or self.first.series


def sort_exams(headers: Sequence[Header], pseudonyms: Pseudonyms) -> list[SortedCase]:
    """Sort images into cases by patient, exam and frame of reference, sorted by name.

    The first channel of a case is the image with the most voxels, and among equals the finest; the others follow by
    name and number. Pictures that say no place are cases of their own; screen shots beside a scan are left out.
    """
    by_series: dict[str, list[Header]] = {}
    for header in headers:
        by_series.setdefault(header.series or str(header.path), []).append(header)
    cases: dict[tuple[str, str, str], list[_Series]] = {}
    for series in (image for own in by_series.values() for image in _images(own)):
        cases.setdefault((series.subject, series.first.study, series.space), []).append(series)
    scanned = {(subject, study) for (subject, study, _), group in cases.items() if group[0].is_placed}
    found = [
        _case(key, group, pseudonyms)
        for key, group in cases.items()
        if not _is_screen_shot(group[0], key[:2] in scanned)
    ]
    return sorted(found, key=lambda sorted_case: sorted_case.case.name)


def _images(headers: Sequence[Header]) -> list[_Series]:
    """Split the objects of one series into images: stacks of slices, objects of many frames, and single pictures."""
    own = list({header.sop_instance or str(header.path): header for header in headers}.values())
    slices: list[Frame] = []
    alone: list[_Series] = []
    for header in own:
        frames = _frames(header)
        if len(frames) == 1 and frames[0].is_placed:
            slices.extend(frames)
        else:
            alone.append(_series(frames, [header]))
    return _stacks(slices) + alone


def _frames(header: Header) -> list[Frame]:
    """Return the frames of an object; of one that is damaged nothing, and its reader will say why."""
    try:
        return frames_of(header)
    except FormatError:
        return []


def _stacks(slices: Sequence[Frame]) -> list[_Series]:
    """Split slices of several sizes or orientations, unless there are only a few of them."""
    if not slices:
        return []
    groups = group_alike(slices)
    stacks = [group for group in groups if len(group) > _FEW] or groups[:1]
    few = [frame for group in groups[len(stacks) :] for frame in group]
    return [
        _series(group, [frame.header for frame in (group if number else group + few)])
        for number, group in enumerate(stacks)
    ]


def _series(frames: Sequence[Frame], headers: Iterable[Header]) -> _Series:
    ordered = tuple(sorted(headers, key=lambda header: (header.number, header.path)))
    if not frames:
        return _Series(ordered, 0, 0.0, is_placed=False)
    pixels = frames[0].pixels
    spacing = min(frames[0].spacing_mm or (1.0,))
    return _Series(ordered, pixels.rows * pixels.columns * len(frames), spacing, frames[0].is_placed)


def _is_screen_shot(series: _Series, beside_scan: bool) -> bool:
    return beside_scan and not series.is_placed and series.first.sop_class.startswith(_SECONDARY_CAPTURE)


def _case(key: tuple[str, str, str], group: Sequence[_Series], pseudonyms: Pseudonyms) -> SortedCase:
    subject, study, space = key
    reference = min(group, key=lambda series: (-series.voxels, series.spacing_mm, _rank(series)))
    rest = sorted((series for series in group if series is not reference), key=_rank)
    images = _with_own_names([_image(series) for series in (reference, *rest)])
    case = FoundCase(pseudonyms.exam(subject, f"{study}\0{space}"), tuple(images), subject=pseudonyms.subject(subject))
    return SortedCase(case, reference.first.frame_of_reference if reference.is_placed else "")


def _rank(series: _Series) -> tuple[str, int, str]:
    return channel_name(series.first), series.first.number, series.first.series


def _image(series: _Series) -> FoundImage:
    files = tuple(header.path for header in series.headers)
    return FoundImage(files, _READER, channel_name(series.first), series.first.series)


def _with_own_names(images: Sequence[FoundImage]) -> list[FoundImage]:
    """Number channels of one name."""
    counts: Mapping[str, int] = Counter(image.name for image in images)
    seen: Counter[str] = Counter()
    named = []
    for image in images:
        seen[image.name] += 1
        number = f" {seen[image.name]}" if counts[image.name] > 1 else ""
        named.append(replace(image, name=f"{image.name}{number}".strip()))
    return named
