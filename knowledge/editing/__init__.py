"""Writing guides: where their files lie, what is wrong with a text before it is saved, what it would change.

Nothing here keeps or serves anything: texts come in, findings and sentences go out. ``assistant.desk.guides`` keeps revisions.
"""
