"""Public sample cohorts, fetched once and checked against their checksum."""

import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from napari_medal.core.labels import PALETTE, LabelClass, LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.errors import DownloadError

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class PublicSource:
    """A sample cohort as an archive on the web.

    Args:
        name: What people call it.
        url: Where the tar file is.
        md5: Its checksum.
        images: The archive's folder of images.
        labels: The archive's folder of masks, of the same names.
        scheme: What the masks show.
        licence: Under which it may be used.
        citation: What to cite.
    """

    name: str
    url: str
    md5: str
    images: str
    labels: str
    scheme: LabelScheme
    licence: str
    citation: str


@dataclass(frozen=True)
class PublicSample:
    """A sample cohort on this computer: folders of images and masks of equal names, and their terms."""

    images: Path
    labels: Path
    scheme: LabelScheme
    licence: str
    citation: str


HIPPOCAMPUS = PublicSource(
    name="hippocampus",
    url="https://msd-for-monai.s3-us-west-2.amazonaws.com/Task04_Hippocampus.tar",
    md5="9d24dba78a72977dbd1d2e110310f31b",
    images="Task04_Hippocampus/imagesTr",
    labels="Task04_Hippocampus/labelsTr",
    scheme=LabelScheme((LabelClass(1, "anterior", PALETTE[0]), LabelClass(2, "posterior", PALETTE[1]))),
    licence="CC BY-SA 4.0",
    citation=(
        "Antonelli M, Reinke A, Bakas S, et al. The Medical Segmentation Decathlon. "
        "Nature Communications 13, 4128 (2022). https://doi.org/10.1038/s41467-022-30695-9"
    ),
)
SOURCES = (HIPPOCAMPUS,)


def fetch(name: str, folder: Path, progress: Progress, sources: tuple[PublicSource, ...] = SOURCES) -> PublicSample:
    """Fetch the sample called `name` into `folder/name`, unless it is there already.

    Raises:
        DownloadError: There is no such sample, it cannot be reached, or it does not match its checksum.
        JobCancelled: The person cancelled; nothing is left behind.
    """
    source = next((source for source in sources if source.name == name), None)
    if source is None:
        known = ", ".join(source.name for source in sources)
        msg = f"Found no sample called '{name}'; wanted one of {known}."
        raise DownloadError(msg)
    target = folder / name
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as temporary:
            archive = Path(temporary) / "archive.tar"
            _download(source, archive, progress)
            unpacked = Path(temporary) / "unpacked"
            _unpack(source, archive, unpacked, progress)
            shutil.move(unpacked, target)
    return PublicSample(target / source.images, target / source.labels, source.scheme, source.licence, source.citation)


class _ProgressBar:
    """What pooch calls while it downloads, told on to a Progress."""

    def __init__(self, name: str, progress: Progress) -> None:
        self.total = 0
        self._done = 0
        self._name = name
        self._progress = progress

    def update(self, count: int) -> None:
        """Add `count` bytes."""
        self._done += count
        megabytes = f"{self._done / _MEGABYTE:.1f} of {self.total / _MEGABYTE:.1f} MB"
        self._progress.step(self._done, max(self.total, self._done), f"Fetching {self._name}: {megabytes}")

    def reset(self) -> None:
        """Start again; pooch does so to show the full bar at the end."""
        self._done = 0

    def close(self) -> None:
        """End the download."""


def _download(source: PublicSource, archive: Path, progress: Progress) -> None:
    import pooch
    from requests import RequestException

    downloader = pooch.HTTPDownloader(progressbar=_ProgressBar(source.name, progress), timeout=30)
    try:
        downloader(source.url, str(archive), None)
    except (RequestException, OSError) as error:
        msg = (
            f"The sample '{source.name}' could not be fetched from {source.url} ({type(error).__name__}). "
            "Check the connection and the proxy and try again, or use the phantom cohort, made in code."
        )
        raise DownloadError(msg) from error
    found = pooch.file_hash(str(archive), alg="md5")
    if found != source.md5:
        msg = (
            f"The sample '{source.name}' from {source.url} has the checksum {found}; wanted {source.md5}. "
            "The download was damaged or the file was replaced: try again, on another network if need be."
        )
        raise DownloadError(msg)


def _unpack(source: PublicSource, archive: Path, target: Path, progress: Progress) -> None:
    """Unpack the images and masks; archives made on a Mac also hold "._" files, which are no images."""
    wanted = (f"{source.images}/", f"{source.labels}/")
    try:
        with tarfile.open(archive) as tar:
            members = [
                member
                for member in tar.getmembers()
                if member.isfile()
                and member.name.removeprefix("./").startswith(wanted)
                and not Path(member.name).name.startswith(".")
            ]
            for index, member in enumerate(members, start=1):
                _extract(tar, member, target)
                progress.step(index, len(members), f"Unpacking {source.name}")
    except (tarfile.TarError, OSError) as error:
        msg = f"The sample '{source.name}' could not be unpacked ({error}); wanted a whole tar file."
        raise DownloadError(msg) from error
    for folder in (source.images, source.labels):
        if not (target / folder).is_dir():
            msg = f"The sample '{source.name}' holds no folder {folder}; wanted images and masks."
            raise DownloadError(msg)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Write one regular file of an archive below `target`; tarfile's own filters begin with Python 3.11.4.

    Raises:
        TarError: Its path leads out of the folder, or it cannot be read.
    """
    path = PurePosixPath(member.name)
    stream = tar.extractfile(member)
    if stream is None or path.is_absolute() or ".." in path.parts:
        msg = f"found the path {member.name}, which leads out of the folder"
        raise tarfile.TarError(msg)
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    with stream, (target / path).open("wb") as file:
        shutil.copyfileobj(stream, file)
