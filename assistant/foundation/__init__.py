"""What every other room stands on: settings, clock, words, encryption, database, audit chain, calendar, logs and metrics.

Nothing here knows what an item or a case is, and nothing here imports another room.
"""
