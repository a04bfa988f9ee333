"""Check a dataset against its manifest."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.progress import Progress
from napari_medal.export.manifest import file_sums, read_manifest


@dataclass(frozen=True)
class VerifyReport:
    """What differs from the manifest, by path; `checked` files were looked for."""

    checked: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every file is there as it was written, and no other."""
        return not (self.missing or self.changed or self.extra)


def verify(folder: Path, progress: Progress) -> VerifyReport:
    """Compare every file of a dataset with its manifest.

    Raises:
        FormatError: There is no manifest, or it cannot be read.
        JobCancelled: The person cancelled.
    """
    wanted = read_manifest(folder)
    found = file_sums(folder, progress)
    return VerifyReport(
        checked=len(wanted),
        missing=tuple(sorted(wanted.keys() - found.keys())),
        changed=tuple(sorted(name for name in wanted.keys() & found.keys() if wanted[name] != found[name])),
        extra=tuple(sorted(found.keys() - wanted.keys())),
    )
