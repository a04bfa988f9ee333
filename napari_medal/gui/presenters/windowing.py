"""Which intensities are shown: presets, percentiles, typed numbers."""

from functools import partial

from napari.layers import Image
from qtpy.QtCore import QObject

from napari_medal.core.window import CtPreset, Window, robust_window
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.messages import tell_problem
from napari_medal.gui.panels.window_bar import WindowBar
from napari_medal.gui.views.hand import Hand, Tool
from napari_medal.gui.worker import Worker


class WindowPresenter(QObject):
    """Keeps the number fields and the sequence that is seen at one window.

    A preset for CT holds for the next cases too, until another window is set: Hounsfield units mean the same in all.
    """

    def __init__(
        self, layers: CaseLayers, hand: Hand, bar: WindowBar, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._layers = layers
        self._bar = bar
        self._worker = worker
        self._images: tuple[Image, ...] = ()
        self._presets: dict[int, CtPreset] = {}
        bar.preset_requested.connect(self._on_preset)
        bar.percentiles_requested.connect(self._on_percentiles)
        bar.window_requested.connect(self._on_window)
        hand.began.connect(self._on_began)

    def follow(self, images: tuple[Image, ...]) -> None:
        """Show the windows of another case."""
        self.release()
        self._images = images
        for image in images:
            image.events.contrast_limits.connect(self._on_changed)
            image.events.visible.connect(self._on_changed)
        for place, preset in self._presets.items():
            if place < len(images):
                images[place].contrast_limits = (preset.window.low, preset.window.high)
        self._on_changed()

    def release(self) -> None:
        """Follow no case."""
        for image in self._images:
            image.events.contrast_limits.disconnect(self._on_changed)
            image.events.visible.disconnect(self._on_changed)
        self._images = ()

    def _on_changed(self) -> None:
        image = self._layers.shown_image
        if image is not None:
            self._bar.show_window(Window(*image.contrast_limits))

    def _on_preset(self, preset: CtPreset) -> None:
        image = self._layers.shown_image
        if image is not None:
            self._on_window(preset.window)
            self._presets[self._images.index(image)] = preset

    def _on_percentiles(self, low: float, high: float) -> None:
        image = self._layers.shown_image
        if image is not None:
            done = partial(self._on_percentiles_found, image)
            self._worker.run(partial(robust_window, image.data, low, high), done, tell_problem)

    def _on_percentiles_found(self, image: Image, window: Window) -> None:
        if image is self._layers.shown_image:
            self._on_window(window)

    def _on_window(self, window: Window) -> None:
        image = self._layers.shown_image
        if image is not None:
            self._presets.pop(self._images.index(image), None)
            image.contrast_limits = (window.low, window.high)

    def _on_began(self, tool: Tool) -> None:
        image = self._layers.shown_image
        if tool is Tool.WINDOW and image is not None:
            self._presets.pop(self._images.index(image), None)
