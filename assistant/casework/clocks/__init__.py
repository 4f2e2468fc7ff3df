"""How long an office may take: working days counted by the statutory calendar, stopped where the law stops them.

``statutes`` says what the law has, ``stops`` what is not counted, ``reckoning`` counts, ``limits`` takes the limits from
a guide, ``running`` says which clocks of a case run; all of it is values in and values out. ``sweep`` looks after open cases.
"""
