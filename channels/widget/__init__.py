"""The widget: the conversation inside a page of the city's own site, by one script tag (see ``docs/widget.md``)."""
