from importlib.metadata import EntryPoint, version
from pathlib import Path

import pytest

from napari_medal.errors import ExtensionError
from napari_medal.registry import BrokenExtension, Registry

GROUP = "napari_medal.planted"


def _point(name: str, target: str) -> EntryPoint:
    return EntryPoint(name, target, GROUP)


def _number(candidate: object) -> str | None:
    return None if isinstance(candidate, float) else f"found {type(candidate).__name__}; wanted a float"


@pytest.fixture
def registry() -> Registry[float]:
    points = [
        _point("tau", "math:tau"),
        _point("absent-module", "napari_medal_absent:THING"),
        _point("absent-name", "math:absent"),
        _point("wrong-kind", "math:sqrt"),
        _point("pi", "math:pi"),
    ]
    return Registry(GROUP, _number, points)


def test_names_are_sorted_and_hold_the_broken_ones(registry: Registry[float]) -> None:
    assert registry.names() == ["absent-module", "absent-name", "pi", "tau", "wrong-kind"]


def test_what_loads_is_returned(registry: Registry[float]) -> None:
    assert registry.get("pi") == pytest.approx(3.14159, abs=1e-5)
    assert list(registry.working()) == ["pi", "tau"]


def test_the_broken_are_listed_with_their_reasons(registry: Registry[float]) -> None:
    module, name, kind = registry.broken()
    assert module.name == "absent-module"
    assert "napari_medal_absent:THING" in module.reason
    assert "ModuleNotFoundError" in module.reason
    assert "AttributeError" in name.reason
    assert kind == BrokenExtension(GROUP, "wrong-kind", "math:sqrt", kind.reason)
    assert "found builtin_function_or_method; wanted a float" in kind.reason


def test_an_unknown_name_is_answered_with_the_known_ones(registry: Registry[float]) -> None:
    with pytest.raises(ExtensionError, match=r"No extension 'e' in napari_medal\.planted; installed: .*pi, tau"):
        registry.get("e")
    with pytest.raises(ExtensionError, match="installed: none"):
        Registry[float](GROUP, _number, []).get("e")


def test_an_extension_that_dies_on_import_does_not_take_the_others_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dying_extension.py").write_text("raise ZeroDivisionError('planted')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry: Registry[float] = Registry(
        GROUP, _number, [_point("dying", "dying_extension:X"), _point("pi", "math:pi")]
    )
    assert list(registry.working()) == ["pi"]
    (broken,) = registry.broken()
    assert "ZeroDivisionError: planted" in broken.reason


def test_nothing_is_imported_before_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tmp_path / "trace"
    (tmp_path / "tracing_extension.py").write_text(
        f"import pathlib\nwith pathlib.Path({str(trace)!r}).open('a') as stream:\n    stream.write('x')\nX = 1.0\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    registry: Registry[float] = Registry(GROUP, _number, [_point("tracing", "tracing_extension:X")])
    assert registry.names() == ["tracing"]
    assert not trace.exists()
    assert registry.get("tracing") == 1.0
    assert registry.get("tracing") == 1.0
    assert trace.read_text() == "x"


def test_installed_entry_points_are_the_default() -> None:
    assert "pip" in Registry[object]("console_scripts", lambda candidate: None).names()


def test_an_extension_says_which_package_brings_it(registry: Registry[float]) -> None:
    installed: Registry[object] = Registry("napari_medal.recipes", lambda _: None)
    assert installed.package("unet") == f"napari-medal {version('napari-medal')}"
    assert registry.package("pi") == ""
