"""The `hazlane` command: a list of commands, each imported only when it is used."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Final

import click

from data import __version__
from data.errors import HazlaneError

COMMANDS: Final = (
    "demo",
    "simulate",
    "ingest",
    "rebuild",
    "verify",
    "quarantine",
    "record",
    "parties",
    "train",
    "tune",
    "evaluate",
    "backtest",
    "assess",
    "plan",
    "repeat",
    "serve",
)


class Commands(click.Group):
    """A group whose commands are modules of this package, each with a click command of the same name."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All command names, in the usual order of use."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import and return a command; None when there is none of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"cli.{name}"), name)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def hazlane() -> None:
    """Which dangerous-goods boxes to open, which papers to check, which boxes to release, and why.

    All data is stored under HAZLANE_VAR (default: var). Start with `hazlane demo`.
    """


def main() -> None:
    """Run a command. Exit codes: 0 done, 1 failed, 2 wrong usage."""
    # Idle OpenMP threads that spin make training several times slower where cores are shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        code = hazlane(prog_name="hazlane", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except HazlaneError as error:
        click.echo(f"error: {error.detail}", err=True)
        if error.remedy:
            click.echo(f"remedy: {error.remedy}", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"error: {error.strerror or error}: {error.filename or ''}".rstrip(": "), err=True)
        click.echo("remedy: Check that the path exists, is of the right kind and may be written.", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
