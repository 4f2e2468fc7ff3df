"""What ``bandao voice install`` fetches and makes: each part a file of its own with ``install(folder, progress)``.

``folder`` is ``models/voice``, ``progress`` is told in words what is being done. What is there and whole is left alone.
"""


class InstallFailed(Exception):
    """A step did not succeed; the text says which and why, in words for operators."""
