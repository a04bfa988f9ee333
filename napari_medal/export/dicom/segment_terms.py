"""What a label's name means, in codes."""

import re
from dataclasses import dataclass
from typing import Self

from napari_medal.export.dicom.coded_term import CodedTerm
from napari_medal.export.dicom.vocabulary import (
    ABNORMAL_STRUCTURE,
    ANATOMICAL_STRUCTURE,
    ANATOMY,
    FINDINGS,
    MODIFIERS,
    TISSUE,
    TISSUES,
)

_MOST_WORDS = 3
_KNOWN = {**ANATOMY, **TISSUES, **FINDINGS, **MODIFIERS}
_FILLING = {
    "the",
    "of",
    "in",
    "part",
    "region",
    "structure",
    "whole",
    "core",
    "enhancing",
    "peritumoral",
    "peritumoural",
}


@dataclass(frozen=True)
class SegmentTerms:
    """Codes of one label.

    Args:
        category: What sort of thing it is (DICOM CID 7150).
        kind: What it is (CID 7151).
        modifiers: Which part or side of it.
        region: Where it lies, for what is found in an organ.
    """

    category: CodedTerm
    kind: CodedTerm
    modifiers: tuple[CodedTerm, ...] = ()
    region: CodedTerm | None = None

    @classmethod
    def of(cls, name: str) -> Self:
        """Understand a label's name, such as "left kidney" or "liver_tumour".

        A name with a word that is not known means tissue, and no more: half of it could mean something else.
        """
        found = _terms_in(name)
        if found is None:
            return cls(TISSUE, TISSUE)
        findings = [term for term in found if term in FINDINGS.values()]
        modifiers = tuple(term for term in found if term in MODIFIERS.values())
        places = [term for term in found if term not in findings and term not in modifiers]
        if findings:
            return cls(ABNORMAL_STRUCTURE, findings[-1], modifiers, places[-1] if places else None)
        if not places:
            return cls(TISSUE, TISSUE)
        kind = places[-1]
        category = TISSUE if kind in TISSUES.values() else ANATOMICAL_STRUCTURE
        return cls(category, kind, modifiers, places[0] if len(places) > 1 else None)


def _terms_in(name: str) -> list[CodedTerm] | None:
    """Return the terms that a name is made of, in order; None where a word is left over."""
    words = re.findall(r"[^\W\d_]+|\d+", name.lower())
    found: list[CodedTerm] = []
    while words:
        taken, term = _longest_first(words)
        if term is not None:
            found.append(term)
        elif words[0] not in _FILLING:
            return None
        words = words[taken:]
    return found


def _longest_first(words: list[str]) -> tuple[int, CodedTerm | None]:
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        phrase = " ".join(words[:count])
        for form in (phrase, phrase.removesuffix("s")):
            if form in _KNOWN:
                return count, _KNOWN[form]
    return 1, None
