"""`bwc detector-card`: what the detectors find on a department's own labelled sample."""

from pathlib import Path

import typer

from bwc.cli.console import exits, print_result, say
from bwc.errors import NotFound
from bwc.redaction.card import Card, find_labels, in_words, measure_clip, read_labels
from bwc.redaction.engine import Engine
from bwc.settings import load_settings


def detector_card(
    folder: Path = typer.Argument(..., metavar="FOLDER", help="Clips, and their labels as JSON."),
    as_json: bool = typer.Option(False, "--json", help="Print the card as JSON."),
) -> None:
    """Measure recall by size, pose and light on labelled clips of one's own.

    The labels of each clip are a JSON file in FOLDER or in FOLDER/truth; docs/redaction.md says
    how to write them.
    """
    with exits():
        found = find_labels(folder)
        if not found:
            raise NotFound("there are no labels", where=str(folder), expected="files *.json")
        engine, card = Engine(load_settings().models_folder), Card()
        for path in found:
            labels = read_labels(path)
            clip = folder / labels.clip
            if not clip.is_file():
                raise NotFound("there is no such clip", where=str(clip))
            say(f"{labels.clip}")
            measure_clip(clip, labels, engine=engine, card=card)
        document = card.document(engine)
    print_result(document, text=in_words(document), as_json=as_json)
