import pytest

from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.io.itk import READER as ITK
from napari_medal.io.mgh import READER as MGH
from napari_medal.io.nifti import READER as NIFTI
from napari_medal.io.picture import READER as PICTURE
from napari_medal.io.read import VolumeFiles


@pytest.fixture
def files() -> VolumeFiles:
    return VolumeFiles((NIFTI, ITK, PICTURE, MGH))


@pytest.fixture
def parts() -> LabelScheme:
    return LabelScheme((LabelClass(1, "anterior", "#e6550d"), LabelClass(2, "posterior", "#3182bd")))
