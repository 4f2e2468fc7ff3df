"""Simulated citizens: facts kept as data, answered in words through the public API, to a package that holds every answer.

``facts`` reads them, ``road`` walks one from the first sentence to the submission, ``manners`` makes them behave as people do,
``papers`` looks at what they were handed, ``coverage`` and ``report`` say what all of them together have shown. The end-to-end
tests, ``bandao eval dialogues`` and ``bandao bench case`` all use these.
"""
