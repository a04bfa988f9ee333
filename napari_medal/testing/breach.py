"""How a check says that an extension does not keep its protocol."""

import re
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from napari_medal.errors import ExtensionError

P = ParamSpec("P")
T = TypeVar("T")


def require(kept: object, sentence: str) -> None:
    """Raise `ExtensionError` with the sentence unless the promise is kept."""
    if not kept:
        raise ExtensionError(sentence)


def attempt(what: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call an extension; whatever it raises becomes an `ExtensionError` that begins with `what`."""
    try:
        return function(*args, **kwargs)
    except Exception as error:  # an extension may raise anything
        msg = f"{what} raised {type(error).__name__}: {error}"
        raise ExtensionError(msg) from error


def require_identity(kind: str, extension: object, protocol: type) -> str:
    """Check name and title, return how to speak of the extension: "measure 'entropy'"."""
    require(isinstance(extension, protocol), f"{extension!r} does not have the members of a {kind}.")
    name = getattr(extension, "name", None)
    require(
        isinstance(name, str) and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name),
        f"A {kind} is called {name!r}; wanted lower-case words with hyphens, such as 'pairwise-dice'.",
    )
    title = getattr(extension, "title", "no title needed")
    require(
        isinstance(title, str) and title.strip() and "\n" not in title,
        f"The {kind} '{name}' has the title {title!r}; wanted one line for people.",
    )
    explained = getattr(extension, "explained", "no sentence needed")
    require(
        isinstance(explained, str) and explained.strip() and "\n" not in explained,
        f"The {kind} '{name}' explains itself as {explained!r}; wanted a sentence on one line, or none at all.",
    )
    return f"{kind} '{name}'"
