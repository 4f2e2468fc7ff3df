"""The register room: enterprises, persons, those barred from posts, and electronic licences, all fictitious."""
