"""Looking into uploaded files. What parses them runs in a helper process (``worker``), never in the app's own."""
