import re

from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.pseudonyms import Pseudonyms

KEY = Pseudonyms(b"a key of sixteen bytes")
OTHER = Pseudonyms(b"another key of more bytes")


@given(st.text(), st.text(), st.text())
def test_a_patient_keeps_the_name_and_exams_differ(patient: str, first: str, second: str) -> None:
    subject = KEY.subject(patient)
    assert re.fullmatch(r"s-[a-z2-7]{10}", subject)
    assert subject == Pseudonyms(KEY.key).subject(patient)
    assert subject != OTHER.subject(patient)
    assert KEY.exam(patient, first).startswith(subject)
    assert (KEY.exam(patient, first) == KEY.exam(patient, second)) is (first == second)


def test_a_fingerprint_tells_keys_apart_and_is_nobody() -> None:
    assert KEY.fingerprint != OTHER.fingerprint
    assert KEY.fingerprint not in KEY.subject("")
