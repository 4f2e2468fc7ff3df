"""`bandao serve`: everything one machine needs, started, watched, restarted and stopped as one."""
