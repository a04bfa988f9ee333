"""The command that says what is installed, what is missing, and the line that mends it."""

import typer

from napari_medal.cli.console import AsJson, say, say_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Say what is installed, which device there is, what is missing, and the line that mends it."""
    from napari_medal.loop.doctor import Health, examine

    findings = examine()
    if as_json:
        say_json(findings)
    else:
        marks = {Health.GOOD: "ok  ", Health.WARNING: "warn", Health.BAD: "BAD "}
        for finding in findings:
            say(f"{marks[finding.health]}  {finding.what}: {finding.found}")
            if finding.mend:
                say(f"      mend: {finding.mend}")
    if any(finding.health is Health.BAD for finding in findings):
        raise typer.Exit(1)
