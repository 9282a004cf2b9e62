"""`bwc certificate show`: a certificate in plain words, or as what the public may have of it."""

from pathlib import Path

import typer

from bwc.cli.console import exits, print_result
from bwc.redaction.certificate import without_places
from bwc.redaction.check_certificate import read_certificate
from bwc.redaction.plain_words import in_plain_words

app = typer.Typer(help="Read certificates.")


@app.callback()
def _group() -> None:
    """Keep `show` a word of its own while it is the only command."""


@app.command("show")
def show(
    path: Path = typer.Argument(..., metavar="FILE", help="A certificate, full or public."),
    public: bool = typer.Option(False, "--public", help="Counts and methods only."),
    as_json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Say what a certificate says, for people who never saw a video file from inside."""
    with exits():
        document = read_certificate(path)
    if public:
        document = without_places(document)
    print_result(document, text=in_plain_words(document).rstrip(), as_json=as_json)
