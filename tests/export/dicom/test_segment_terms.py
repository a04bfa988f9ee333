from dataclasses import replace

import pytest
from highdicom._standard_utils import get_sop_class_iod_map, is_attribute_in_iod
from pydicom.sr._concepts_dict import concepts
from pydicom.uid import UID

from napari_medal.export.dicom import vocabulary
from napari_medal.export.dicom.segment_terms import SegmentTerms
from napari_medal.export.dicom.source_datasets import holds_frames
from tests.export.dicom.series import series

TABLES = ("ANATOMY", "TISSUES", "FINDINGS", "MODIFIERS", "ANSWERS", "QUANTITIES")


def test_every_code_is_one_that_the_standard_lists_with_that_meaning() -> None:
    listed = {(code, meaning.lower()) for word in concepts["SCT"].values() for code, (meaning, _) in word.items()}
    ours = {(term.value, term.meaning.lower()) for name in TABLES for term in getattr(vocabulary, name).values()}
    sorts = (vocabulary.ANATOMICAL_STRUCTURE, vocabulary.ABNORMAL_STRUCTURE, vocabulary.TISSUE)
    assert len(ours) > 100
    assert (ours | {(term.value, term.meaning.lower()) for term in sorts}) - listed == set()


@pytest.mark.parametrize(
    ("name", "category", "kind", "modifiers", "region"),
    [
        ("Liver", "Anatomical Structure", "Liver", [], None),
        ("left_kidney", "Anatomical Structure", "Kidney", ["Left"], None),
        ("kidneys", "Anatomical Structure", "Kidney", [], None),
        ("hippocampus, anterior", "Anatomical Structure", "Hippocampus", ["Anterior"], None),
        ("left ventricle", "Anatomical Structure", "Left ventricle", [], None),
        ("white matter", "Tissue", "White Matter", [], None),
        ("liver vessels", "Tissue", "Blood Vessel", [], "Liver"),
        ("lung nodule right", "Morphologically Abnormal Structure", "Nodule", ["Right"], "Lung"),
        ("enhancing tumour", "Morphologically Abnormal Structure", "Neoplasm", [], None),
        ("edema", "Morphologically Abnormal Structure", "Edema", [], None),
        ("kidney cortex", "Tissue", "Tissue", [], None),
        ("anterior", "Tissue", "Tissue", [], None),
        ("Öliver", "Tissue", "Tissue", [], None),
        ("", "Tissue", "Tissue", [], None),
    ],
)
def test_names_are_understood_as_a_whole_or_not_at_all(
    name: str, category: str, kind: str, modifiers: list[str], region: str | None
) -> None:
    terms = SegmentTerms.of(name)
    assert (terms.category.meaning, terms.kind.meaning) == (category, kind)
    assert [term.meaning for term in terms.modifiers] == modifiers
    assert (terms.region.meaning if terms.region else None) == region


def test_kinds_of_images_with_frames_are_known_as_highdicom_knows_them() -> None:
    kinds = [uid for uid in get_sop_class_iod_map() if UID(uid).name.split(" - ")[0].endswith("Image Storage")]
    assert len(kinds) > 30
    for uid in kinds:
        assert holds_frames(replace(series(), sop_class_uid=uid)) is is_attribute_in_iod("NumberOfFrames", uid), uid
