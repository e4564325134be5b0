"""Looks outside: reads publishers' pages, feeds and sitemaps, and hands over publications as JSON lines."""
