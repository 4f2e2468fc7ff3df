"""One device a file, behind an interface of ``interfaces``. A city's integrator adds a file here and a line in ``fitting``."""
