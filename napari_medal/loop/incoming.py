"""A case on its way into a project, under the name that it will have there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from napari_medal.core.found_case import FoundCase
from napari_medal.core.pseudonyms import Pseudonyms, is_pseudonym
from napari_medal.errors import SettingsError
from napari_medal.io.case_name import stem


@dataclass(frozen=True)
class Incoming:
    """A found case with its name and its subject's.

    Args:
        found: Where it was found, and under which name.
        name: In the project.
        subject: The patient's pseudonym.
        hides_names: Whether the files' own names may not appear anywhere.
    """

    found: FoundCase
    name: str
    subject: str
    hides_names: bool = False

    @cached_property
    def _names(self) -> list[str]:
        images = (*self.found.images, *([self.found.mask] if self.found.mask else []))
        paths = [path for image in images for path in image.files]
        texts = {text for path in paths for text in (str(path), str(path.parent), path.name, stem(path))}
        return sorted((texts | {self.found.name}) - {"", ".", "/"}, key=len, reverse=True)

    def told(self, words: str) -> str:
        """Return words as they may be kept: without the names of the files where those are hidden, on one line."""
        if self.hides_names:
            for text in self._names:
                words = re.sub(rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])", self.name, words)
        return "".join(sign if sign.isprintable() else "?" for sign in words)


def incoming(found: FoundCase, subject_pattern: str | None, pseudonyms: Callable[[], Pseudonyms] | None) -> Incoming:
    """Name a found case and its subject: by a pattern, by what the folder says, or by the case itself.

    Args:
        found: The case.
        subject_pattern: Regular expression whose first group, or whole match, is the subject in a case's name.
        pseudonyms: Fetches what hides both names; None leaves them as they are.

    Raises:
        SettingsError: The pattern is not a regular expression.
    """
    subject = _by_pattern(found.name, subject_pattern) or found.subject or found.name
    if pseudonyms is None or is_pseudonym(found.subject):
        return Incoming(found, found.name, subject)
    names = pseudonyms()
    return Incoming(found, names.exam(subject, found.name), names.subject(subject), hides_names=True)


def _by_pattern(case: str, pattern: str | None) -> str:
    if pattern is None:
        return ""
    try:
        match = re.search(pattern, case)
    except re.error as error:
        msg = f"The subject pattern '{pattern}' is not a regular expression: {error}."
        raise SettingsError(msg) from error
    if match is None:
        return ""
    return str(match.group(1) if match.groups() else match.group(0))
