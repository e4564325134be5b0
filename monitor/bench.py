"""The rule bench: other words are tried on stored items first, then saved with their history, and can be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor import lessons, words_file
from monitor.judge import Judge
from monitor.settings import LiveSettings, Settings, SettingsError
from monitor.store import cases, words
from monitor.store.database import Engine
from monitor.store.words import WordsEdition
from monitor.trial import Trial, try_out

MOST_DECIDED = 1000
MOST_WAITING = 1000
STILL_NEWS = timedelta(days=90)
BY_HAND = "zo stond het in het bestand"


def trial(engine: Engine, now: Settings, then: Settings, at: datetime) -> Trial:
    """What the words of `then` would change: on what people decided last, and on what waits for them."""
    stored = [
        *cases.waiting(engine, at - STILL_NEWS, MOST_WAITING),
        *cases.decided(engine, MOST_DECIDED),
    ]
    known = {source.name: source for source in now.sources}
    model = lessons.model_in_use(engine, now)
    return try_out(stored, known, Judge(now.words, model), Judge(then.words, model))


def save(
    engine: Engine, live: LiveSettings, text: str, over: str, note: str, reviewer_id: int | None, at: datetime
) -> Settings:
    """Put another text in place of words.yaml and keep it in the history; gives the settings that hold from then on.

    `over` is the text that was looked at. Raises `SettingsError` on words that are wrong, `Overtaken` when the file
    says something else by now, and OSError when it cannot be written; then nothing has changed.
    """
    then = live.with_words(text.encode())
    folder = live.current.folder
    if words_file.read(folder) != over:
        raise words_file.Overtaken
    words.keep(engine, over, _version(live, over), BY_HAND, None, at)
    words_file.replace(folder, text, over)
    words.keep(engine, text, then.words.version(), note, reviewer_id, at)
    live.refresh()
    return live.current


def back(engine: Engine, live: LiveSettings, edition: WordsEdition, reviewer_id: int | None, at: datetime) -> Settings:
    """Put an earlier text back as the newest one; raises as `save` does."""
    note = f"versie {edition.id} teruggezet"
    return save(engine, live, edition.content, words_file.read(live.current.folder), note, reviewer_id, at)


def _version(live: LiveSettings, text: str) -> str:
    """The version of a text; "" when somebody broke it by hand."""
    try:
        return live.with_words(text.encode()).words.version()
    except SettingsError:
        return ""
