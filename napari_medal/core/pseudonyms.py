"""Names for patients and exams that cannot be turned back without a key."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

_LETTERS = 10
_EXAM_LETTERS = 6
_SUBJECT = re.compile(rf"s-[a-z2-7]{{{_LETTERS}}}")


@dataclass(frozen=True)
class Pseudonyms:
    """Gives the same patient the same name, and says nothing else of them (HMAC-SHA256, RFC 2104).

    Args:
        key: A secret of at least 16 bytes; whoever has it can tell whether a patient is in the project.
    """

    key: bytes

    @property
    def fingerprint(self) -> str:
        """A few letters that tell one key from another, and do not give it away."""
        return self._code("fingerprint", "", 8)

    def subject(self, identifier: str) -> str:
        """Return the pseudonym of a patient, such as "s-k3f9q2m8ab"."""
        return f"s-{self._code('subject', identifier, _LETTERS)}"

    def exam(self, subject_identifier: str, exam_identifier: str) -> str:
        """Return the name of an exam: its subject's pseudonym and a few letters of its own."""
        own = self._code("exam", f"{subject_identifier}\0{exam_identifier}", _EXAM_LETTERS)
        return f"{self.subject(subject_identifier)}-{own}"

    def _code(self, purpose: str, text: str, letters: int) -> str:
        digest = hmac.new(self.key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:letters]


def is_pseudonym(subject: str) -> bool:
    """Tell whether a subject's name has the form of a pseudonym."""
    return _SUBJECT.fullmatch(subject) is not None
