"""`python -m demo.screenshot URL FILE`: the page as people see it, taken with Chromium."""

import sys

from playwright.sync_api import sync_playwright

from demo.chromium import CHROMIUM_FLAGS, find_chromium


def take(url: str, file: str, chromium: str) -> None:
    """Open the page and its last thread, wait for the pictures, and save it as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, device_scale_factor=1)
        page.goto(url)
        page.get_by_test_id("message").first.wait_for()
        threads = page.get_by_test_id("thread-open")
        if threads.count():
            threads.last.click()
        page.wait_for_timeout(1500)
        page.wait_for_function("[...document.images].every(image => image.complete)")
        page.screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit("chromium is not installed")
    take(sys.argv[1], sys.argv[2], found)
