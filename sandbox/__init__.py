"""The outside world, to try and test against: fictitious far sides behind a real network, with a database of their own.

Imports nothing of the product, and nothing of the product imports it.
"""
