"""The story the demo tells: five pictures, a new word, and pictures of that word."""

from collections.abc import Callable, Sequence
from pathlib import Path

from demo.person import Message, Person, StoryError, pictures_of, words_of

TOKEN = "<dicoo>"  # noqa: S105 - a placeholder token, not a secret
PROMPT = f"a {TOKEN} at the beach"
TEACH_SECONDS = 900.0
DRAW_SECONDS = 600.0

Tell = Callable[[str], None]


def is_ready(message: Message) -> bool:
    """Whether a message is the card of a job that has ended well."""
    return f"{TOKEN} is ready" in words_of(message) and not failed(message)


def failed(message: Message) -> bool:
    """Whether a message says that the job or the render went wrong."""
    words = words_of(message).lower()
    return any(sign in words for sign in ("could not", "failed", "was not learned"))


def whispered(message: Message) -> bool:
    """Whether only the person sees it: the bot answers so when it can not do what was asked."""
    return message.get("ephemeral_to") is not None


async def teach(
    person: Person, samples: Sequence[Path], tell: Tell, seconds: float = TEACH_SECONDS
) -> Message:
    """Post the pictures, teach the word, and wait for the card that says it is ready.

    Raises:
        StoryError: it was refused, went wrong or took longer than `seconds`.
    """
    tell(f"Ada posts {len(samples)} pictures and teaches {TOKEN}")
    await person.upload(samples, "Look what I found!")
    before = {message["ts"] for message in await person.all_messages()}
    await person.command("/concept", f"teach {TOKEN} as toy")

    def over(message: Message) -> bool:
        card = TOKEN in words_of(message) and (is_ready(message) or failed(message))
        return card or (message["ts"] not in before and whispered(message))

    card = await person.wait_for(over, seconds, f"{TOKEN} to be ready")
    if not is_ready(card):
        raise StoryError(words_of(card))
    tell(f"{TOKEN} is ready")
    return card


async def imagine(
    person: Person, prompt: str, tell: Tell, seconds: float = DRAW_SECONDS
) -> Message:
    """Ask for pictures and wait for the message that carries them.

    Raises:
        StoryError: it was refused, went wrong or took longer than `seconds`.
    """
    before = {message["ts"] for message in await person.all_messages()}
    tell(f"Ada asks: {prompt}")
    await person.command("/imagine", prompt)

    def over(message: Message) -> bool:
        if message["ts"] in before:
            return False
        return len(pictures_of(message)) >= 2 or failed(message) or whispered(message)

    message = await person.wait_for(over, seconds, "the pictures")
    if not pictures_of(message):
        raise StoryError(words_of(message))
    return message


async def save_pictures(person: Person, message: Message, out: Path) -> tuple[Path, ...]:
    """Save the pictures of a message as out/1.png, 2.png..."""
    return tuple(
        [
            await person.download(file_id, out / f"{number}.png")
            for number, file_id in enumerate(pictures_of(message), start=1)
        ]
    )


async def play(person: Person, samples: Sequence[Path], out: Path, tell: Tell) -> tuple[Path, ...]:
    """The whole story; returns the four pictures.

    Raises:
        StoryError: a part of it did not come about.
    """
    await teach(person, samples, tell)
    pictures = await save_pictures(person, await imagine(person, PROMPT, tell), out)
    tell(f"{len(pictures)} pictures in {out}")
    return pictures
