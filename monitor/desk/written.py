"""Writing into sources.yaml from a page, with what can stand in the way in one Dutch sentence."""

from __future__ import annotations

from collections.abc import Callable

from monitor.settings import SettingsError
from monitor.sources_file import ChangedMeanwhile


def written(write: Callable[[], None]) -> str:
    """Write; returns what kept us from it, and then nothing was changed, or ""."""
    try:
        write()
    except SettingsError as error:
        return f"Dit is niet bewaard. {error}"
    except ChangedMeanwhile:
        return "Iemand anders schreef net in sources.yaml. Er is niets veranderd; probeer het opnieuw."
    except OSError as error:
        return f"sources.yaml is niet te schrijven ({error.strerror}). Vraag het aan wie de radar installeerde."
    return ""
