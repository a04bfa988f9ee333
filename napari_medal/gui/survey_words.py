"""What a folder holds, in words."""

from typing import TYPE_CHECKING

from napari_medal.gui.sentence import sentence

if TYPE_CHECKING:
    from napari_medal.loop.making import Survey


def survey_words(survey: "Survey") -> str:
    """Say what kind of folder it is, and what it holds."""
    if not survey.cases:
        return "Found no image that can be read."
    count = len(survey.cases)
    text = f"{sentence(survey.form)}: {count} case{'' if count == 1 else 's'}."
    if survey.channels > 1:
        text += f" {survey.channels} channels each."
    return text + (f" {survey.with_mask} with a mask." if survey.with_mask else "")
