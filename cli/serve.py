"""`hazlane serve`: run the scoring service and its pages."""

from __future__ import annotations

import click

from data.settings import settings


@click.command()
def serve() -> None:
    """Serve the API and the pages on HAZLANE_HOST and HAZLANE_PORT until interrupted."""
    from serving.run import serve as served

    served(settings())
