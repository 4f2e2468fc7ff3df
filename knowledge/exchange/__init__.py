"""Guides from and to what departments keep: a platform's JSON, and Excel."""
