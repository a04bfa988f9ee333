"""How cases and masks are named in files."""

import hashlib
import re
from pathlib import Path

_ENDINGS = (".nii.gz", ".img.gz")
"""Endings of two parts; every other ending is what follows the last dot."""
_IMAGE_ENDING = re.compile(r"\.(nii|nii\.gz|hdr|img|mgz|mgh|mha|mhd|nrrd|nhdr|png|jpe?g|tiff?|bmp|dcm)$", re.IGNORECASE)
_MASK = re.compile(r"^(?P<case>.+)_(mask|seg|label|labels)$", re.IGNORECASE)
_MODALITY = re.compile(r"^(?P<case>.+)_(image|img|flair|t1|t1c|t1ce|t1gd|t1w|t2|t2w|ct|mr|mri|us)$", re.IGNORECASE)
_LONGEST = 200
"""A case's name becomes that of a file with an ending, and of most disks no name is longer than 255 bytes."""
_HASH_DIGITS = 12
_MASK_WORDS = frozenset({"mask", "masks", "seg", "segmentation", "label", "labels"})


def stem(path: Path) -> str:
    """Return a file's name without its ending (".nii.gz" counts as one)."""
    name = path.name
    for ending in _ENDINGS:
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return path.stem


def without_image_ending(text: str) -> str:
    """Return a name without the ending of an image file; other dots stay ("site.3" is no file)."""
    return _IMAGE_ENDING.sub("", text)


def case_name(text: str) -> str:
    """Turn text into a name of ASCII letters, digits, "-", "_" and "."; all else becomes "_".

    It is never that of a hidden file, nor of a folder above, and a very long one ends in a part of its SHA-256.
    """
    name = re.sub(r"^(\.|$)", "_", re.sub(r"[^A-Za-z0-9._-]", "_", text))
    if len(name) <= _LONGEST:
        return name
    told = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_HASH_DIGITS]
    return f"{name[: _LONGEST - _HASH_DIGITS - 1]}_{told}"


def masked_stem(text: str) -> str | None:
    """Return what a stem names the mask of ("liver_03_seg" gives "liver_03"); None if it names no mask."""
    match = _MASK.match(text)
    return match["case"] if match else None


def without_modality(text: str) -> str:
    """Return a stem without its sequence or modality ("p1_flair" gives "p1")."""
    match = _MODALITY.match(text)
    return match["case"] if match else text


def speaks_of_mask(text: str) -> bool:
    """Tell whether one of the words in a name means mask."""
    return not _MASK_WORDS.isdisjoint(re.split(r"[^a-z]+", text.lower()))
