"""The review page: signing in, judging what was flagged, looking at the letter and at the sources."""
