"""From a handful of hand-labelled volumes to a curated 3D dataset."""

__all__ = ["__version__"]

__version__: str


def __getattr__(name: str) -> str:
    """Look the version up when it is asked for: importing the package stays free."""
    if name == "__version__":
        from importlib.metadata import version

        return version("napari-medal")
    msg = f"module 'napari_medal' has no attribute '{name}'"
    raise AttributeError(msg)
