from pocket_unet.recipe import RECIPE

from napari_medal.testing import check_recipe


def test_the_recipe_is_sound() -> None:
    check_recipe(RECIPE)
