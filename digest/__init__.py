"""Editions and the mail that carries them; knows nothing of crawling or of the desk."""
