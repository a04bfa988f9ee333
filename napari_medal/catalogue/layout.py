"""Where things lie in a project folder."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.errors import ProjectError


@dataclass(frozen=True)
class Layout:
    """Paths below a project folder; the catalogue stores them relative to it, so the folder can move."""

    root: Path

    @property
    def guideline(self) -> Path:
        """Where it is written how to label."""
        return self.root / "guideline.md"

    @property
    def cache(self) -> Path:
        """What can be made again, and may be deleted at any time."""
        return self.root / "cache"

    def images(self, case: str) -> Path:
        """Return the folder of a case's channels."""
        return self.root / "images" / case

    def annotation(self, case: str, task: str, revision: int) -> Path:
        """Return where a revision's mask lies."""
        return self.root / "annotations" / task / case / f"r{revision:04d}.nii.gz"

    def prediction_mask(self, case: str, task: str, model: int) -> Path:
        """Return where the mask that a model version predicts lies."""
        return self.root / "predictions" / task / f"v{model:04d}" / f"{case}.nii.gz"

    def prediction_maps(self, case: str, task: str, model: int) -> Path:
        """Return where its probabilities and uncertainty lie."""
        return self.root / "predictions" / task / f"v{model:04d}" / f"{case}.npz"

    def model(self, task: str, number: int) -> Path:
        """Return the folder of a model version."""
        return self.root / "models" / task / f"v{number:04d}"

    def interrupted(self, task: str) -> Path:
        """Return the folder in which a training keeps its state while it runs."""
        return self.root / "models" / task / "interrupted"

    def interrupted_search(self, task: str) -> Path:
        """Return the folder in which the trainings of a search for second looks keep their state while they run."""
        return self.root / "models" / task / "interrupted-search"

    def unseen_figures(self, task: str) -> Path:
        """Return the file of what was measured on the answers of networks that had not seen the label."""
        return self.root / "models" / task / "unseen-figures.json"

    def draft(self, case: str, task: str) -> Path:
        """Return where earlier versions kept the work in progress on a case."""
        return self.root / "drafts" / task / f"{case}.npz"

    def journal(self, case: str, task: str) -> Path:
        """Return where the work in progress on a case lies."""
        return self.journals(task) / f"{case}.journal"

    def journals(self, task: str) -> Path:
        """Return the folder of a task's work in progress."""
        return self.root / "drafts" / task

    def put_aside(self, case: str, task: str) -> Path:
        """Return the folder of journals of a case that do not count any more."""
        return self.journals(task) / "aside" / case

    def simulation(self, number: int) -> Path:
        """Return the folder of a simulated run that works on a copy."""
        return self.root / "simulations" / f"{number:03d}"

    def require_own(self, path: Path) -> None:
        """Check that the folder of a file is no link: what lies elsewhere is read, and never written.

        Raises:
            ProjectError: It is one.
        """
        if path.parent.is_symlink():
            msg = f"{path.parent}: found a link in place of the project's own folder; nothing is written through it."
            raise ProjectError(msg)

    def relative(self, path: Path) -> str:
        """Return a path as the catalogue stores it."""
        return path.relative_to(self.root).as_posix()

    def absolute(self, stored: str) -> Path:
        """Return a stored path as one that can be opened."""
        return self.root / stored
