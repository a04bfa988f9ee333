"""Extensions by entry point: found by name, loaded when asked for, listed with their error when broken."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from napari_medal.errors import ExtensionError

T = TypeVar("T")


@dataclass(frozen=True)
class BrokenExtension:
    """An entry point that could not be loaded, and why."""

    group: str
    name: str
    target: str
    reason: str


class Registry(Generic[T]):
    """The extensions of one kind.

    First-party and third-party extensions come in by the same door: an entry point in `group`. Nothing is
    imported before it is asked for.

    Args:
        group: Entry-point group, such as "napari_medal.recipes".
        check: Called with each loaded object; raises or returns a complaint when it does not keep its protocol.
        points: Entry points to use instead of the installed ones.
    """

    def __init__(
        self,
        group: str,
        check: Callable[[object], str | None],
        points: Iterable[EntryPoint] | None = None,
    ) -> None:
        self.group = group
        self._check = check
        found = entry_points(group=group) if points is None else points
        self._points = {point.name: point for point in sorted(found, key=lambda point: point.name)}
        self._loaded: dict[str, T] = {}

    def names(self) -> list[str]:
        """Return the names of all extensions, loadable or not, sorted."""
        return list(self._points)

    def package(self, name: str) -> str:
        """Return the package that an extension comes from, with its version; "" where nothing says it."""
        source = self._points[name].dist
        return "" if source is None else f"{source.name} {source.version}"

    def get(self, name: str) -> T:
        """Return the extension called `name`.

        Raises:
            ExtensionError: It is not installed, cannot be imported, or does not keep its protocol.
        """
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def working(self) -> dict[str, T]:
        """Return every extension that loads, by name."""
        return {name: self.get(name) for name in self.names() if self._complaint(name) is None}

    def broken(self) -> list[BrokenExtension]:
        """Return the extensions that do not load, each with its error."""
        complaints = ((name, self._complaint(name)) for name in self.names())
        return [
            BrokenExtension(self.group, name, self._points[name].value, reason)
            for name, reason in complaints
            if reason is not None
        ]

    def _complaint(self, name: str) -> str | None:
        try:
            self.get(name)
        except ExtensionError as error:
            return str(error)
        return None

    def _load(self, name: str) -> T:
        if name not in self._points:
            known = ", ".join(self.names()) or "none"
            msg = f"No extension '{name}' in {self.group}; installed: {known}."
            raise ExtensionError(msg)
        point = self._points[name]
        try:
            loaded = point.load()
            complaint = self._check(loaded)
        except Exception as error:
            msg = f"Extension '{name}' ({point.value}) could not be loaded: {type(error).__name__}: {error}"
            raise ExtensionError(msg) from error
        if complaint is not None:
            msg = f"Extension '{name}' ({point.value}) does not keep its protocol: {complaint}"
            raise ExtensionError(msg)
        return loaded  # type: ignore[no-any-return]  # `check` has just vouched for it


def keeps(protocol: type) -> Callable[[object], str | None]:
    """Return a check that an extension has every public member that `protocol` itself declares."""
    members = sorted(name for name in vars(protocol) if not name.startswith("_"))

    def complaint(extension: object) -> str | None:
        missing = [name for name in members if not hasattr(extension, name)]
        if not missing:
            return None
        return f"{type(extension).__name__} lacks {', '.join(missing)} of {protocol.__name__}."

    return complaint
