"""The one exception tree.

MedalError
├── GeometryError (ValueError)      two grids disagree, or an array does not fit its grid
├── FormatError (ValueError)        a file is not what it claims to be, or cannot be read
├── SettingsError (ValueError)      medal.toml or an option holds something unknown or impossible
├── ProjectError                    the project folder or its catalogue cannot serve the request
│   ├── UnknownCaseError (KeyError)
│   └── NoRoomError                 the disk is full
├── ModelError                      a network cannot be planned, trained, loaded or run
├── ExtensionError                  an entry point is missing, broken or does not keep its protocol
├── DrawingError                    a correction tool cannot work on the mask at hand
├── ExportError                     a dataset cannot be written in the wanted format
│   └── PersonalDataError           it may hold a person's data, and nobody has confirmed that it does not
├── DownloadError                   a sample set could not be fetched or does not match its checksum
└── JobCancelled                    the person cancelled; nothing went wrong

Every message says what was found, what was wanted, and in which file.
"""


class MedalError(Exception):
    """Root of every error that napari-medal raises on purpose; its text may be shown to a person."""


class GeometryError(MedalError, ValueError):
    """Two grids disagree, or an array does not fit its grid."""


class FormatError(MedalError, ValueError):
    """A file is not what it claims to be, or cannot be read."""


class SettingsError(MedalError, ValueError):
    """A setting or option is unknown or impossible."""


class ProjectError(MedalError):
    """The project folder or its catalogue cannot serve the request."""


class UnknownCaseError(ProjectError, KeyError):
    """No case of that name is in the project."""

    __str__ = Exception.__str__


class NoRoomError(ProjectError):
    """The disk is full; what was written before is whole."""


class ModelError(MedalError):
    """A network cannot be planned, trained, loaded or run."""


class ExtensionError(MedalError):
    """An extension is missing, broken or does not keep its protocol."""


class DrawingError(MedalError):
    """A correction tool cannot work on the mask at hand; the text says what it wants, in words for a reader."""


class ExportError(MedalError):
    """A dataset cannot be written in the wanted format."""


class PersonalDataError(ExportError):
    """A dataset may hold a person's data, and nobody has confirmed that it does not; the text says where.

    Args:
        message: For people.
        places: Each place that it says.
    """

    def __init__(self, message: str, places: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.places = places


class DownloadError(MedalError):
    """A sample set could not be fetched, or does not match its checksum."""


class JobCancelled(MedalError):  # noqa: N818 - a decision of the person, not an error
    """The person cancelled the job."""
