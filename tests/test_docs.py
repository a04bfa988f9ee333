"""What the documentation promises."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from napari_medal.cli import app
from tests.entries import declared_extensions

LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def _pages(repo_root: Path) -> list[Path]:
    return sorted([*repo_root.glob("*.md"), *(repo_root / "docs").rglob("*.md")])


def test_the_readme_is_short(repo_root: Path) -> None:
    words = (repo_root / "README.md").read_text().split()
    assert len(words) <= 300


def test_the_readme_says_what_the_program_is_not_for(repo_root: Path) -> None:
    readme = " ".join((repo_root / "README.md").read_text().split())
    assert "research and dataset curation" in readme
    assert "not a medical device" in readme


def test_every_make_target_that_is_named_exists(repo_root: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (repo_root / "Makefile").read_text(), re.MULTILINE))
    named = {
        name for page in _pages(repo_root) for name in re.findall(r"(?:`|^ *)make ([a-z]+)", page.read_text(), re.M)
    }
    assert {"demo", "test"} <= named
    assert named <= targets


def test_every_make_target_is_explained(repo_root: Path) -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (repo_root / "Makefile").read_text(), re.MULTILINE)
    assert phony
    text = (repo_root / "CONTRIBUTING.md").read_text()
    assert [name for name in phony[1].split() if f"make {name}" not in text] == []


def test_every_extension_of_ours_is_documented(repo_root: Path) -> None:
    text = "\n".join(page.read_text() for page in (repo_root / "docs").rglob("*.md"))
    points = declared_extensions(repo_root)
    assert points
    assert [point.name for point in points if f"`{point.name}`" not in text] == []
    assert [point.group for point in points if f"`{point.group}`" not in text] == []


def test_every_package_is_in_the_architecture_page(repo_root: Path) -> None:
    text = (repo_root / "docs/architecture.md").read_text()
    folders = [path.parent.name for path in (repo_root / "napari_medal").glob("*/__init__.py")]
    assert folders
    assert [name for name in folders if f"{name}/" not in text] == []


def test_every_link_within_the_repository_leads_somewhere(repo_root: Path) -> None:
    dead = [
        f"{page.relative_to(repo_root)}: {target}"
        for page in _pages(repo_root)
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not dead


@pytest.mark.parametrize(("text", "targets"), [("a [b](c.md) ![d](e/f.png) [g](#h)", ["c.md", "e/f.png"])])
def test_links_are_found(text: str, targets: list[str]) -> None:
    assert LINK.findall(text) == targets


def _documented_commands(repo_root: Path) -> list[str]:
    """Every line of a shell block that calls the command line, and every call in running text."""
    lines = []
    for page in _pages(repo_root):
        text = page.read_text()
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
            lines += [line for line in block.splitlines() if line.startswith("napari-medal ")]
        lines += re.findall(r"(?<!`)`(napari-medal [^`]+)`", text)
    return lines


def test_every_command_line_in_the_docs_would_be_understood(repo_root: Path) -> None:
    application = typer.main.get_command(app)
    commands = _documented_commands(repo_root)
    assert len(commands) > 10
    for line in commands:
        name, *arguments = shlex.split(line)[1:]
        if name == "--help":
            continue
        command = application.commands[name]
        command.make_context(name, arguments)


def test_every_command_is_documented(repo_root: Path) -> None:
    documented = {shlex.split(line)[1] for line in _documented_commands(repo_root)}
    assert set(typer.main.get_command(app).commands) - documented == set()
