"""What `--hide` names: kinds of things, in the words people have for them."""

from bwc.errors import InvalidInput
from bwc.redaction.plan import Kind

WORDS = {
    "face": Kind.FACE,
    "head": Kind.HEAD,
    "person": Kind.PERSON,
    "plate": Kind.PLATE,
    "text": Kind.TEXT,
    "screen": Kind.TEXT,
    "paper": Kind.TEXT,
    "nudity": Kind.NUDITY,
    "frame": Kind.FRAME,
}

HIDE_HELP = (
    "What to hide, with commas between (face,head where nothing is said): face, head (brings face with"
    " it), person (brings both); plate (all text that may be one);"
    " text, screen or paper (all text there is); nudity (needs a model that is fetched by name);"
    " frame (the whole picture)."
)


def kinds_of(text: str) -> tuple[Kind, ...]:
    """The kinds that `text` names, each once. Raises InvalidInput for any other word."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if Kind.REGION.value in words:
        raise InvalidInput(
            "--hide cannot know which region is meant",
            advice="Save a plan with --save-plan, draw the region in it, and give it with --plan",
        )
    unknown = [word for word in words if word not in WORDS]
    if unknown or not words:
        raise InvalidInput(
            "--hide names nothing that can be hidden",
            expected=f"one or more of {', '.join(WORDS)}",
            got=", ".join(unknown) or "nothing",
        )
    return tuple(dict.fromkeys(WORDS[word] for word in words))
