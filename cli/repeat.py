"""`hazlane repeat`: repeat a stored assessment from the events it used, for audits and appeals."""

from __future__ import annotations

import click

from cli.output import json_option, print_json
from data.settings import settings


@click.command()
@click.argument("assessment_id")
@json_option
@click.pass_context
def repeat(context: click.Context, assessment_id: str, as_json: bool) -> None:
    """Repeat a stored assessment from the events it used, and compare both.

    Exit code 1 when risk, reasons or discrepancies differ.
    """
    from models.assessor import Assessor
    from models.repeat import repeated

    assessor = Assessor.open(settings())
    try:
        found = repeated(assessor, assessment_id)
    finally:
        assessor.store.close()
    if as_json:
        print_json({"assessment_id": assessment_id, "differing": found.differing, "again": found.again})
    elif not found.differing:
        click.echo(f"Assessment {assessment_id} is the same when repeated: risk {found.again['risk']:.2f}.")
    else:
        click.echo(f"Assessment {assessment_id} differs when repeated, in: {', '.join(found.differing)}.")
    if found.differing:
        context.exit(1)
