"""What the values people say look like: patterns and check digits, written once, for the engine and the application alike.

Only the standard library: Rasa loads these modules in its process, the application reads answers with them in its own.
"""
