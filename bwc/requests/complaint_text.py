"""What a complaint says, and who wrote it: one text, of which not everybody reads the second part. Pure."""

NAME = "Name"
REACH = "How to reach the writer"


def with_writer(parts: dict[str, str], *, name: str, reach: str) -> str:
    r"""The text of a complaint: titled paragraphs, those that say something, the writer's last.

    >>> with_writer({"": "He shouted.", "Where": ""}, name="Pat", reach="")
    'He shouted.\n\nName: Pat'
    """
    titled = {**parts, NAME: name, REACH: reach}
    said = [f"{title}: {text}" if title else text for title, text in titled.items() if text]
    return "\n\n".join(said)


def without_writer(description: str) -> str:
    r"""The same for those who may not know who complained; in doubt too little is shown.

    >>> without_writer("He shouted.\n\nName: Pat\n\nHow to reach the writer: a@b.example")
    'He shouted.'
    """
    for title in (NAME, REACH):
        description = description.partition(f"\n\n{title}: ")[0]
    return description
