"""好差评: what citizens think of how they were served, and what is done about it where they were not satisfied.

Five grades (GB/T 39734), one rating for each case and one for each conversation in which no case was sent. The two lowest are
差评: somebody gets in touch within one working day, answers and closes it.
"""
