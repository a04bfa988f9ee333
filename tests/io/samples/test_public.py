import hashlib
import io
import socket
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from napari_medal.core.progress import CurvePoint, Silent
from napari_medal.errors import DownloadError, JobCancelled
from napari_medal.io.samples.public import HIPPOCAMPUS, PublicSource, fetch

ROOT = "Task04_Hippocampus"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Recorder(Silent):
    def __init__(self, cancel: bool = False) -> None:
        self.steps: list[tuple[int, int, str]] = []
        self.cancel = cancel

    def step(self, done: int, total: int, text: str) -> None:
        self.steps.append((done, total, text))
        if self.cancel:
            raise JobCancelled

    def point(self, point: CurvePoint) -> None:
        pass


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 5
            tar.addfile(member, io.BytesIO(b"voxel"))
    return stream.getvalue()


GOOD = archive(
    *(f"{ROOT}/{name}" for name in ("imagesTr/a.nii.gz", "imagesTr/._a.nii.gz", "labelsTr/a.nii.gz", "dataset.json"))
)


@contextmanager
def served(folder: Path, content: bytes) -> Iterator[PublicSource]:
    """A real web server on this computer that serves the archive."""
    folder.mkdir(exist_ok=True)
    (folder / "sample.tar").write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/sample.tar"
        yield replace(HIPPOCAMPUS, url=url, md5=hashlib.md5(content).hexdigest())
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_sample_is_fetched_unpacked_and_kept(tmp_path: Path) -> None:
    progress = Recorder()
    with served(tmp_path / "web", GOOD) as source:
        sample = fetch("hippocampus", tmp_path / "cohorts", progress, (source,))
    assert [path.name for path in sample.images.iterdir()] == ["a.nii.gz"]
    assert (sample.labels / "a.nii.gz").read_bytes() == b"voxel"
    assert sample.scheme.names == ("anterior", "posterior")
    assert any(text.startswith("Fetching") and done == total == len(GOOD) for done, total, text in progress.steps)
    assert [path.name for path in (tmp_path / "cohorts").iterdir()] == ["hippocampus"]
    assert fetch("hippocampus", tmp_path / "cohorts", Silent(), (source,)) == sample, "no server is needed any more"


def refused(tmp_path: Path, source: PublicSource, match: str) -> None:
    with pytest.raises(DownloadError, match=match):
        fetch("hippocampus", tmp_path / "cohorts", Silent(), (source,))
    assert list((tmp_path / "cohorts").iterdir()) == [], "nothing is left behind"


def test_no_connection(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        port = taken.getsockname()[1]
        source = replace(HIPPOCAMPUS, url=f"http://127.0.0.1:{port}/sample.tar")
        refused(tmp_path, source, r"could not be fetched from http://127.*Check the connection.*phantom cohort")


def test_no_such_page(tmp_path: Path) -> None:
    with served(tmp_path / "web", GOOD) as source:
        refused(tmp_path, replace(source, url=source.url + "x"), r"could not be fetched.*HTTPError")


def test_wrong_checksum(tmp_path: Path) -> None:
    with served(tmp_path / "web", GOOD) as source:
        refused(tmp_path, replace(source, md5="0" * 32), rf"checksum {source.md5}; wanted 0000")


def test_archive_that_is_none(tmp_path: Path) -> None:
    with served(tmp_path / "web", b"<html>" * 999) as source:
        refused(tmp_path, source, "could not be unpacked")


def test_archive_that_climbs_out(tmp_path: Path) -> None:
    with served(
        tmp_path / "web", archive(f"{ROOT}/imagesTr/a.nii.gz", f"{ROOT}/imagesTr/../../../../escaped.nii.gz")
    ) as source:
        refused(tmp_path, source, "could not be unpacked")
    assert not list(tmp_path.rglob("escaped*"))


def test_archive_without_labels(tmp_path: Path) -> None:
    with served(tmp_path / "web", archive(f"{ROOT}/imagesTr/a.nii.gz")) as source:
        refused(tmp_path, source, "holds no folder Task04_Hippocampus/labelsTr")


def test_cancelled(tmp_path: Path) -> None:
    with served(tmp_path / "web", GOOD) as source, pytest.raises(JobCancelled):
        fetch("hippocampus", tmp_path / "cohorts", Recorder(cancel=True), (source,))
    assert list((tmp_path / "cohorts").iterdir()) == []


def test_unknown_sample(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="no sample called 'liver'; wanted one of hippocampus"):
        fetch("liver", tmp_path, Silent())
