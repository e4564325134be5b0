"""The hub: it remembers what was found, decides what matters, and holds the desk and the command line."""
