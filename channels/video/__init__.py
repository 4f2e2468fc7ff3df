"""视频办: a person face to face, browser to browser; the server signals and keeps the record."""
