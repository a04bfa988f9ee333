"""`python -m napari_medal` is `napari-medal`."""

from napari_medal.cli import main

main()
