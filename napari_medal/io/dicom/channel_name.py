"""What a sequence is called, in known words."""

import re

from napari_medal.io.dicom.header import Header

_MODALITIES = {"PT": "PET"}
_WEIGHTINGS = (
    ("FLAIR", r"flair|dark.?fluid"),
    ("ADC", r"adc|apparent"),
    ("DWI", r"dwi|diff|ep2d|trace|resolve|\bb\d{2,4}\b"),
    ("SWI", r"swi|swan|suscept"),
    ("STIR", r"stir|tirm"),
    ("PERFUSION", r"perf|\bdsc\b|\bdce\b|cbv|cbf|mtt"),
    ("ANGIO", r"\btof\b|angio|\bmra\b"),
    ("T2*", r"t2\s?\*|t2.?star|\bgre\b|hemo"),
    ("T2", r"(?<![a-z])(?:ax|sag|cor|tra|fs|tse|se)?t2(?!\d)|haste|trufi|ciss|fiesta"),
    ("PD", r"\bpd|proton"),
    ("T1", r"(?<![a-z])(?:ax|sag|cor|tra|fs|tse|se)?t1(?!\d)|mprage|mp.?rage|bravo|vibe|spgr|\btfl|tfe|lava"),
)
_CONTRAST = r"post|\bgd|gado|\+\s?c\b|\bkm\b|contrast|c\+|\bce\b|t1c|enhanced"
_NO_CONTRAST = r"\bpre\b|without|\bnon\b|no contrast|w/o|unenh|nativ"
_PARTS = (
    ("water", "WATER", "W"),
    ("fat", "FAT", "F"),
    ("in phase", "IN_PHASE", "IP"),
    ("out of phase", "OUT_PHASE", "OP"),
)


def channel_name(header: Header) -> str:
    """Return a name made of known words, such as "T1 post" or "CT"; never what somebody typed.

    The words are found in the description, the protocol and the sequence of the series by patterns.
    """
    modality = _MODALITIES.get(header.modality, header.modality if header.modality.isalpha() else "")
    text = " ".join(header.texts).replace("_", " ").casefold()
    words = [_weighting(text, header) or modality] if header.modality == "MR" else [modality]
    words += [word for word, *codes in _PARTS if header.modality == "MR" and set(codes) & set(header.image_type[2:])]
    if header.modality in {"MR", "CT"} and _has_contrast(text, header):
        words.append("post")
    return " ".join(words)


def _weighting(text: str, header: Header) -> str:
    if "ADC" in header.image_type:
        return "ADC"
    return next((word for word, pattern in _WEIGHTINGS if re.search(pattern, text)), "")


def _has_contrast(text: str, header: Header) -> bool:
    if re.search(_NO_CONTRAST, text):
        return False
    return header.has_contrast or re.search(_CONTRAST, text) is not None
