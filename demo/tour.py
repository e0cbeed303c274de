"""`python -m demo.tour DOCS`: a walk through the whole house, in pictures, as DOCS/tour.md.

Everything is real but the base model, which is the toybox's: the bot, the training, the pictures.
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.async_api import Locator
from rich.console import Console

from demo.at_page import MINUTE, AtPage, browser_at
from demo.chromium import find_chromium
from demo.house import open_house
from demo.samples import write_samples
from demo.settings import DEMO_SETTINGS

_COLOURS = 128
"""So many are enough for a page, and a third of the bytes."""

console = Console(stderr=True)


class Tour:
    """Keeps what is seen on the page, each picture with a title and a text."""

    def __init__(self, at: AtPage, docs: Path) -> None:
        self.at = at
        self._folder = docs / "images" / "tour"
        self._lines = [
            "# A tour",
            "",
            "What people see, from their first picture on. `make tour` took these pictures in the "
            "demo's own workspace, which shows Slack's blocks; the bot, the training and the "
            "pictures are real, the base model is the toybox.",
        ]

    async def show(self, name: str, title: str, text: str, what: Locator | None = None) -> None:
        """Take a picture, of the whole page or of a part of it."""
        page = self.at.page
        await page.wait_for_function("[...document.images].every(one => one.complete)")
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{name}.png"
        # Whatever still moves has come to rest.
        await page.wait_for_timeout(500)
        if what is None:
            await page.screenshot(path=file)
        else:
            await what.screenshot(path=file)
        with Image.open(file) as taken:
            taken.convert("RGB").quantize(_COLOURS).save(file, optimize=True)
        self._lines += ["", f"## {title}", "", text, "", f"![{title}](images/tour/{file.name})"]
        console.print(title)

    def text(self) -> str:
        """Return the page of what was seen."""
        return "\n".join(self._lines) + "\n"


async def teach(tour: Tour, samples: tuple[Path, ...]) -> None:
    """From pictures to a word."""
    at = tour.at
    await at.post(samples, "Look what I found!")
    await at.message("Look what I found!").wait_for()

    await at.write("/concept teach")
    await at.form.wait_for()
    await tour.show(
        "teach-form",
        "Teach a concept",
        "`/concept teach` opens a form. The shortcut *Teach this* does on any message with "
        "pictures, and who knows the name already says it all at once: "
        "`/concept teach <dicoo> as toy`.",
    )
    await at.close_form()

    await at.write("/concept teach <dicoo> as toy")
    learning = at.message("Learning <dicoo>").filter(has_text="Good enough")
    # A preview and the curve.
    await at.pictures(learning, 2, minutes=10)
    await tour.show(
        "learning",
        "The job's card",
        "One message that is brought up to date: stages, hosts, how far it is, the curve, and a "
        "preview from the same seed each time. *Good enough* ends it with what it has.",
        learning,
    )
    ready = at.message("<dicoo> is ready").filter(has_text="begins as toy")
    await ready.wait_for(timeout=15 * MINUTE)
    await tour.show(
        "ready",
        "Ready",
        "How good it is, a sample, and what can be done next: try it, train it longer, or choose "
        "an earlier checkpoint.",
        ready,
    )


async def draw(tour: Tour) -> None:
    """From a prompt to pictures, and what their buttons do."""
    at = tour.at
    await at.write("/imagine a <dicoo> at the beach --seed 8")
    asked = at.message("a <dicoo> at the beach").filter(has_text="asked:")
    await at.open_thread(asked)
    await at.pictures(at.thread, 4, minutes=5)
    await at.thread.get_by_role("button", name="Again").last.scroll_into_view_if_needed()
    await tour.show(
        "pictures",
        "Pictures",
        "`/imagine`, a mention, or the form behind *Try it*. The pictures come in the thread, with "
        "their recipe in small print and buttons to go on from them.",
    )
    await at.thread.get_by_role("button", name="Edit prompt").last.click()
    await at.form.wait_for()
    await tour.show(
        "edit-prompt",
        "Edit the prompt",
        "*Edit prompt* opens the form with what was asked; *More settings* unfolds the rest.",
        at.form,
    )
    await at.close_form()
    await at.thread.get_by_role("button", name="Recipe").last.click()
    recipe = at.page.get_by_test_id("message").filter(has_text="--seed").last
    await recipe.wait_for(timeout=MINUTE)
    await tour.show(
        "recipe",
        "The recipe",
        "What draws each picture again, bit for bit. Only who pressed the button sees it.",
    )


async def look_around(tour: Tour) -> None:
    """Home, and what admins can settle."""
    at = tour.at
    await at.write("/concept versions <dicoo>")
    versions = at.message("Versions of <dicoo>")
    await versions.wait_for(timeout=MINUTE)
    await tour.show(
        "versions",
        "Look after a concept",
        "`/concept versions`, and with it `rename`, `share`, `private`, `export`, `import`, "
        "`retrain` and `delete`.",
        versions,
    )
    await at.write("/imagine a <dico> in the snow")
    refused = at.page.get_by_test_id("message").filter(has_text="Did you mean").last
    await refused.wait_for(timeout=MINUTE)
    await tour.show(
        "refused",
        "What cannot be done",
        "is said in a sentence, with what to do instead: to a command for you alone, to a mention "
        "in its thread.",
        refused,
    )
    await at.go_home()
    await at.home.get_by_role("button", name="Try it").first.wait_for(timeout=MINUTE)
    await tour.show(
        "home",
        "App Home",
        "One's own jobs and pictures, the gallery of concepts, one's settings; for admins the "
        "cluster and the limits.",
    )
    await at.home.get_by_role("button", name="Limits").click()
    await at.form.wait_for()
    # All of the form, which is longer than the window.
    await at.page.set_viewport_size({"width": 1280, "height": 2400})
    await tour.show(
        "limits",
        "Limits",
        "Who may teach and draw, how much, where, and whether guests may. They are enforced by the "
        "backend, whichever way somebody asks.",
        at.form,
    )
    await at.close_form()


async def walk(docs: Path) -> None:
    """Take the tour and write it down."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("chromium is not installed")
    with TemporaryDirectory(prefix="figment-tour-") as folder:
        samples = write_samples(Path(folder) / "samples")
        async with (
            open_house(Path(folder), DEMO_SETTINGS) as house,
            browser_at(house.url, chromium) as at,
        ):
            tour = Tour(at, docs)
            await teach(tour, samples)
            await draw(tour)
            await look_around(tour)
    (docs / "tour.md").write_text(tour.text(), "utf-8")


if __name__ == "__main__":
    asyncio.run(walk(Path(sys.argv[1])))
