"""The pages in a real browser: no message, no request, no sideways scrolling, and all of it can be read.

These tests need Chromium, as the system's packages have it, and Playwright (in the `dev` extra). Nothing is downloaded.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import laws
import pytest
from pages_made import PAGES, made
from support import REPOSITORY

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")

WIDTHS = (360, 800, 1280, 1600)
SCHEMES = ("light", "dark")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium")

CONTRAST = """
() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const found = channels(getComputedStyle(e).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
      if (found[3] !== 0) throw new Error("half transparent: " + e.className);
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, other] = [light(channels(style.color)), light(ground(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push([node.data.trim().slice(0, 40), element.className, ratio]);
  }
  return faint;
}
"""

NAMELESS = """
() => [...document.querySelectorAll("a[href], summary, table, [role=img], nav, section")]
  .filter((e) => e.tagName === "TABLE" ? !e.querySelector("th[scope]")
    : !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.textContent.trim()))
  .map((e) => e.outerHTML.slice(0, 80))
"""

CUT = """
() => [...document.querySelectorAll("body *")]
  .filter((e) => e.checkVisibility() && !e.closest(".aloud, thead, svg"))
  .filter((e) => { const box = e.getBoundingClientRect(); return box.left < -1 || box.right > innerWidth + 1; })
  .map((e) => e.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page_file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(REPOSITORY)
    page = tmp_path / "page.html"
    page.write_bytes(made(request.param))
    return page


@pytest.mark.parametrize("page_file", laws.each_but(PAGES.keys() - {"everything"}, PAGES), indirect=True)
def test_a_page_says_nothing_asks_for_nothing_and_can_be_read(browser: Any, page_file: Path) -> None:
    said: list[str] = []
    asked: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS if laws.thorough else WIDTHS[::2]:
            page.set_viewport_size({"width": width, "height": 900})
            for folded in (True, False):
                page.evaluate("open => document.querySelectorAll('details').forEach(d => d.open = open)", not folded)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (scheme, width, page.evaluate(CUT)[:3])
                assert page.evaluate(CUT) == [], (scheme, width)
            assert page.evaluate(CONTRAST) == [], (scheme, width)
    assert page.evaluate(NAMELESS) == []
    assert said == []
    assert asked == [page_file.as_uri()]
    page.close()


@pytest.mark.parametrize("page_file", ["everything"], indirect=True)
def test_what_is_folded_opens_by_the_keyboard(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    links = page.locator("nav a").count()
    for _ in range(links + 1):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == 1
    page.close()


@pytest.mark.thorough
@pytest.mark.parametrize("page_file", ["everything"], indirect=True)
def test_paper_has_all_of_it(browser: Any, page_file: Path, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 673, "height": 1000})  # an A4 page without its margins
    page.goto(page_file.as_uri())
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(CONTRAST) == []
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    page.close()


@pytest.mark.parametrize("page_file", ["everything"], indirect=True)
def test_korean_is_broken_between_words_alone(browser: Any, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    korean = page.locator("[lang=ko]").first
    assert korean.evaluate("e => getComputedStyle(e).wordBreak") == "keep-all"
    page.close()
