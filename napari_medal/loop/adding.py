"""Bring cases, and labels that exist already, into a project."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

from napari_medal.catalogue.cases import NewCase
from napari_medal.catalogue.no_room import says_no_room
from napari_medal.catalogue.project import Project
from napari_medal.core.case import Case, CaseState
from napari_medal.core.file_note import FileNote
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Progress
from napari_medal.core.target import LabelsAs
from napari_medal.errors import FormatError
from napari_medal.io.checksum import sha256
from napari_medal.loop.answers import Reading
from napari_medal.loop.awaiting_labels import awaiting_labels
from napari_medal.loop.case_files import copy_file
from napari_medal.loop.disk_reserve import DiskReserve
from napari_medal.loop.entering import enter
from napari_medal.loop.finding import Finding, find_cases
from napari_medal.loop.full_disk import full_disk
from napari_medal.loop.incoming import Incoming, incoming
from napari_medal.loop.labels_along import contradictions, find_labels
from napari_medal.loop.pseudonym_key import pseudonyms_of
from napari_medal.loop.session import Session
from napari_medal.loop.stated_splits import take_splits
from napari_medal.loop.taking_over import Rejected, TakenOver, labels_of, take_over

IMPORTED = "imported"
"""The reader's name on labels that came with the images."""


@dataclass(frozen=True)
class Source:
    """Where cases come from.

    Args:
        images: Folder of images.
        labels: Folder of masks, or of a table of classes or values, or the table itself; None leaves every case
            unlabelled but for masks that lie beside their images.
        subject_pattern: Regular expression whose first group, or whole match, is the subject in a case's name; by
            default the folder says it, or every case is a subject of its own.
        reader: Who is named on the labels that come along.
        labels_as: Whether those labels are accepted as they are.
        form: Name of the reader of folders that reads it; "" for the one that recognises it.
        repair: Whether what is repairable is repaired; else such cases are listed as broken.
        pseudonyms: Whether names of cases and subjects that come from files are replaced by keyed pseudonyms.
        only: Tells of a name in the project, and the case as it was found, whether it is wanted; None wants all.
    """

    images: Path
    labels: Path | None = None
    subject_pattern: str | None = None
    reader: str = IMPORTED
    labels_as: LabelsAs = LabelsAs.ANNOTATIONS
    form: str = ""
    repair: bool = False
    pseudonyms: bool = False
    only: Callable[[str, FoundCase], bool] | None = None


@dataclass(frozen=True)
class AddReport:
    """What came of adding: names of cases, the labelled, the drafted, those known before, and what was refused.

    `notes` has what a person should know of the files, by case; `form` is what kind of folder it was; `mended` are
    cases that were broken before; `labelled_later` were there, and have got a label or a draft now; `remarks` are
    sentences on what the folder says and the project does not follow.
    """

    added: tuple[str, ...]
    labelled: tuple[str, ...]
    known_before: tuple[str, ...]
    broken: tuple[Rejected, ...]
    refused_labels: tuple[Rejected, ...]
    drafted: tuple[str, ...] = ()
    notes: Mapping[str, tuple[FileNote, ...]] = field(default_factory=dict)
    form: str = ""
    mended: tuple[str, ...] = ()
    labelled_later: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Coming:
    """Cases on their way in: new ones, those that were broken and are tried again, and those that stay as they are."""

    new: tuple[Incoming, ...]
    again: tuple[Incoming, ...]
    known: tuple[Incoming, ...]

    @property
    def wanted(self) -> tuple[Incoming, ...]:
        return self.new + self.again

    def only(self, names: Collection[str]) -> "_Coming":
        """Return those of a name that came in, and those that stay as they are."""
        new, again = (tuple(case for case in part if case.name in names) for part in (self.new, self.again))
        return replace(self, new=new, again=again)


def add_cases(session: Session, source: Source, progress: Progress) -> AddReport:
    """Take new images into the project, check each, and take over splits and labels that come with them.

    A case that cannot be read is entered as broken, with its reason; the rest goes on. A label that does not fit is
    refused and listed; its case stays unlabelled. Images that the project has already are left as they are, but for
    broken ones without files, which are tried again; labels come to cases that nobody has answered or drawn on.

    Raises:
        FormatError: The folder is missing, or holds nothing that can be read; the table cannot be read, or a case
            has two masks. Nothing was entered.
        SettingsError: The subject pattern is not a regular expression.
        ExtensionError: There is no such form of folder.
        NoRoomError: The disk is full. What came in before is whole, and adding the folder again brings the rest.
    """
    if source.labels is not None and not source.labels.exists():
        msg = f"{source.labels}: found nothing there; wanted a folder of masks, or a table."
        raise FormatError(msg)
    finding = _find(session, source, progress)
    coming = _sorted_out(session, source, finding)
    waiting = awaiting_labels(session, coming.known)
    labels = {
        task: find_labels(session, task, [case.found for case in (*coming.wanted, *cases)], source.labels)
        for task, cases in waiting.items()
    }
    reading = Reading(source.reader, finished=source.labels_as is LabelsAs.ANNOTATIONS)
    with DiskReserve(session.project.layout.cache) as reserve:
        entered = enter(session, coming.new, coming.again, source.repair, progress)
        rows, coming = entered.rows, coming.only(entered.rows)
        usable = {case.found.name: case for case in coming.wanted if not rows[case.name].broken_reason}
        there = {task: usable | {case.found.name: case for case in cases} for task, cases in waiting.items()}
        fitting = {task: labels_of(there[task], found) for task, found in labels.items()}
        taken = TakenOver(notes={name: list(row.notes) for name, row in rows.items()})
        try:
            remarks = [*finding.remarks, *contradictions(session, finding.label_names, source.labels)]
            remarks += take_splits(session, coming.wanted)
            for task, own in fitting.items():
                take_over(session, task, own, reading, source.repair, taken, progress)
        except Exception as error:  # of whatever database it is
            if not says_no_room(error):
                raise
            reserve.release()
            raise full_disk(session, rows, fitting, taken, error) from error
    if entered.full is not None:
        raise full_disk(session, rows, {}, taken, entered.full) from entered.full
    mended = tuple(case.name for case in coming.again if not rows[case.name].broken_reason)
    later = {case.name for case in coming.known} & {*taken.cases, *taken.drafts}
    left = {case.name for case in (*coming.known, *coming.again)} - later - set(mended)
    return AddReport(
        added=tuple(case.name for case in coming.new),
        labelled=tuple(sorted(set(taken.cases))),
        known_before=tuple(sorted(left)),
        broken=tuple(Rejected(row.name, row.broken_reason) for row in rows.values() if row.broken_reason),
        refused_labels=tuple(taken.refused),
        drafted=tuple(sorted(set(taken.drafts))),
        notes={name: tuple(dict.fromkeys(found)) for name, found in sorted(taken.notes.items()) if found},
        form=finding.reader.title,
        mended=mended,
        labelled_later=tuple(sorted(later)),
        remarks=tuple(remarks),
    )


def copy_cases(source: Project, target: Project, progress: Progress) -> None:
    """Copy the images of one project into another; labels, predictions, models and rejected cases stay behind."""
    cases = [case for case in source.cases.all() if case.state is not CaseState.REJECTED]
    rows = []
    seen = source.cases.looks()
    for done, case in enumerate(cases):
        progress.step(done, len(cases), "Copying cases")
        folder = target.layout.images(case.name)
        copies = tuple(copy_file(path, folder) for path in case.images)
        rows.append(
            NewCase(
                case.name,
                case.subject,
                copies,
                tuple(sha256(path) for path in copies),
                case.broken_reason,
                seen.get(case.name),
                source.cases.notes(case.name),
                case.channels,
                source.cases.sources(case.name),
            )
        )
    target.cases.add(rows)


def _find(session: Session, source: Source, progress: Progress) -> Finding:
    pseudonyms = partial(pseudonyms_of, session.project)
    finding = find_cases(source.images, source.form, session.extensions.folders, pseudonyms, progress)
    if not finding.cases:
        msg = f"{source.images}: found no image; wanted files ending in {', '.join(session.files.suffixes)}."
        raise FormatError(msg)
    return finding


def _sorted_out(session: Session, source: Source, finding: Finding) -> _Coming:
    pseudonyms = cache(partial(pseudonyms_of, session.project)) if source.pseudonyms else None
    found = [incoming(case, source.subject_pattern, pseudonyms) for case in finding.cases]
    if source.only is not None:
        found = [case for case in found if source.only(case.name, case.found)]
    known = {case.name: case for case in session.project.cases.all()}
    again = tuple(case for case in found if case.name in known and _may_be_tried_again(known[case.name]))
    left = {case.name for case in again}
    return _Coming(
        new=tuple(case for case in found if case.name not in known),
        again=again,
        known=tuple(case for case in found if case.name in known and case.name not in left),
    )


def _may_be_tried_again(case: Case) -> bool:
    return case.state is CaseState.BROKEN and not case.images
