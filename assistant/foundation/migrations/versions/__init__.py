"""One module a migration, numbered; a migration that was published is never edited."""
