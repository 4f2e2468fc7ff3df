"""Killing the product while it hands cases over, and counting what was lost or done twice: ``bandao bench recovery``."""
