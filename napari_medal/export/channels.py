"""What channels a dataset's cases have in common."""

from collections.abc import Sequence

from napari_medal.core.dataset import DatasetCase
from napari_medal.errors import ExportError


def common_channels(cases: Sequence[DatasetCase], format_name: str) -> tuple[str, ...]:
    """Return the names of the channels that every case has, in order; "channel_0", ... where nothing names them.

    Raises:
        ExportError: Two cases differ in the number, the names or the order of their channels.
    """
    first = cases[0]
    names = _names(first)
    for case in cases[1:]:
        own = _names(case)
        if own != names:
            raise differing_channels(format_name, case.case.name, own, first.case.name, names)
    return names


def differing_channels(
    format_name: str, case: str, found: Sequence[object], first: str, wanted: Sequence[object]
) -> ExportError:
    """Make the error for a case whose channels are not those of the first one."""
    return ExportError(
        f"The format '{format_name}' wants the same channels in every case: found {_listed(found)} in {case}; wanted "
        f"{_listed(wanted)}, as in {first}. Leave one kind out (by tag or split), or choose the format 'nifti'."
    )


def _names(case: DatasetCase) -> tuple[str, ...]:
    known = case.case.channels or ("",) * len(case.case.images)
    return tuple(name or f"channel_{place}" for place, name in enumerate(known))


def _listed(names: Sequence[object]) -> str:
    return f"{len(names)} ({', '.join(map(str, names))})"
