"""Engines that hear and speak, each a file behind the protocols of `base`, chosen by setting."""
