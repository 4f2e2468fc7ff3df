"""Tests of assistant.foundation."""
