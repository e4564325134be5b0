"""The commands of `radar`, a module for each group."""
