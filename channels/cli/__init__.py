"""The command line, a door like any other: each subcommand a small file, every one with ``--json``."""
