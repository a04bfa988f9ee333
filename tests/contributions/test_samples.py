import numpy as np

from napari_medal.contributions.samples import phantom


def test_the_phantom_is_an_image_with_its_labels() -> None:
    (image, image_options, image_kind), (labels, labels_options, labels_kind) = phantom()
    assert (image_kind, labels_kind) == ("image", "labels")
    assert image.shape == labels.shape
    assert image_options["scale"] == labels_options["scale"]
    assert labels.dtype.kind in "ui"
    assert labels.max() > 0
    assert np.ptp(image) > 0


def test_the_phantom_is_always_the_same() -> None:
    for first, second in zip(phantom(), phantom(), strict=True):
        np.testing.assert_array_equal(first[0], second[0])
