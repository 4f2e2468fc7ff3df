"""Containers: apps that open our page in a web view and say, signed, who holds the phone (see ``docs/widget.md``)."""
