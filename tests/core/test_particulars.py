from napari_medal.core.loss_name import LossName
from napari_medal.core.particulars import (
    AS_THE_ENGINE_DOES,
    Augmentation,
    HistogramWindow,
    Particulars,
    SliceDraw,
)


def test_what_is_usual_needs_no_words() -> None:
    assert AS_THE_ENGINE_DOES.words == ()


def test_each_particular_is_said() -> None:
    own = Particulars(
        window=HistogramWindow(low_percentile=1.0, reach=2.5),
        augmentation=Augmentation(((-15.0, -5.0), (5.0, 15.0)), ((1.0, 1.1),), apart=True, labelled_only=True),
        draw=SliceDraw(labelled=3.0),
        loss=LossName.JACCARD,
        looks_at=(1,),
        context=2,
        keep_largest=True,
    )
    assert own.words == (
        "intensities cut off at percentile 1 to 2.5 times the tissue's peak",
        "sees channel 2 alone",
        "patches rotated by -15 to -5 or 5 to 15 degrees or scaled by 1 to 1.1, a third each, with a label only",
        "drawn by slice, labelled ones 3 times as often",
        "the loss is jaccard",
        "context at each end: 2 slices",
        "the largest part of each label is kept",
    )
    assert Particulars(augmentation=Augmentation()).words == ("patches never changed",)
