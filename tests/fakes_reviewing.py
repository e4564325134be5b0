"""Somebody who goes through the queue by keyboard, with a stopwatch from each key to the item being gone."""

from __future__ import annotations

from playwright.sync_api import Page

# Kept by the browser over pages, since the list is asked for anew after its last item.
STOPWATCH = """
let pressed = 0;
document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
document.addEventListener("DOMContentLoaded", () => {
  const list = document.querySelector(".cards");
  if (!list) return;
  new MutationObserver((changes) => {
    const gone = changes.flatMap((change) => [...change.removedNodes]).filter((node) => node.matches?.(".card")).length;
    if (gone) sessionStorage.spent = `${sessionStorage.spent ?? ""} ${performance.now() - pressed}`;
  }).observe(list, { childList: true });
});
"""
# After its last item a list asks for the next; what is asked of the page before that came would be lost.
NOT_ON_ITS_WAY = "!document.querySelector('.cards') || document.querySelector('.card')"
SPENT = "(sessionStorage.spent ?? '').trim().split(' ').filter(Boolean)"


def review(page: Page, count: int, *, accept_every: int = 4, summary: str = "") -> list[float]:
    """Decide on this many items by keyboard, every fourth one accepted; gives the milliseconds of each.

    With a summary, who accepts first goes to its field by keyboard and writes that there.
    """
    page.add_init_script(STOPWATCH)
    page.reload()
    for number in range(count):
        card = page.locator(".card").first.get_attribute("id")
        page.wait_for_load_state()  # a key means nothing to a page whose script has not begun
        accepts = number % accept_every == 0
        if accepts and summary:
            page.keyboard.press("t")
            page.keyboard.insert_text(summary)
            page.keyboard.press("Control+Enter")
        else:
            page.keyboard.press("a" if accepts else "r")
        page.wait_for_selector(f"#{card}", state="detached")
    page.wait_for_function(NOT_ON_ITS_WAY)
    return [float(one) for one in page.evaluate(SPENT)]
