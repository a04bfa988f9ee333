"""The secret behind the pseudonyms of a project."""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from napari_medal.catalogue.project import Project
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import ProjectError

KEY_VARIABLE = "MEDAL_PSEUDONYM_KEY"
"""Names a key file in another place than the user's data folder."""

_BYTES = 32
_SALT = "pseudonym_salt"
_FINGERPRINT = "pseudonym_fingerprint"


def pseudonyms_of(project: Project) -> Pseudonyms:
    """Return what names the patients and exams of a project: a key of its own, derived from the user's secret.

    The secret (32 bytes, in hexadecimal digits) lies in the user's data folder, readable by nobody else, or where
    MEDAL_PSEUDONYM_KEY points; the first project makes it. It is never kept in a project, so that whoever gets a
    copy of one cannot try out names. The project keeps a random salt, with which the key is derived (HMAC-SHA256),
    and a fingerprint of it.

    Raises:
        ProjectError: The secret is not the one that the project's names were made with, or cannot be read.
    """
    path = _key_file()
    settled = project.facts.get(_FINGERPRINT)
    if settled is not None and not path.exists():
        raise ProjectError(_foreign(project, path, "no key there"))
    secret = _secret(path)
    salt = project.facts.settle(_SALT, secrets.token_hex(_BYTES))
    pseudonyms = Pseudonyms(hmac.new(secret, bytes.fromhex(salt), hashlib.sha256).digest())
    if project.facts.settle(_FINGERPRINT, pseudonyms.fingerprint) != pseudonyms.fingerprint:
        raise ProjectError(_foreign(project, path, "another key there"))
    return pseudonyms


def _key_file() -> Path:
    named = os.environ.get(KEY_VARIABLE)
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("napari-medal", appauthor=False) / "pseudonym.key"


def _secret(path: Path) -> bytes:
    """Read the secret, and make it first if there is none."""
    try:
        if not path.exists():
            _make(path)
        text = path.read_text(encoding="ascii").strip()
        secret = bytes.fromhex(text)
    except OSError as error:
        msg = f"{path}: found a key file that cannot be read or made ({error.strerror}); wanted one ({KEY_VARIABLE})."
        raise ProjectError(msg) from error
    except ValueError as error:
        raise ProjectError(_no_key(path)) from error
    if len(secret) != _BYTES:
        raise ProjectError(_no_key(path))
    return secret


def _make(path: Path) -> None:
    """Write a new secret; of two programs that do so at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(f"{secrets.token_hex(_BYTES)}\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink(missing_ok=True)


def _no_key(path: Path) -> str:
    return f"{path}: found something that is no pseudonym key; wanted {2 * _BYTES} hexadecimal digits."


def _foreign(project: Project, path: Path, found: str) -> str:
    return (
        f"{project.folder}: the names of its patients were made with another key. Looked at {path}, found {found}; "
        f"wanted the key file of whoever began the project: copy it, and let {KEY_VARIABLE} point at the copy."
    )
