"""Alembic migrations, run by ``database.Database.upgrade``; the same ones for SQLite and PostgreSQL."""
