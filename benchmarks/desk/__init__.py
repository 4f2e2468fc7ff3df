"""Five hundred citizens and twenty operators at once, the app killed and an operator cut off amid them: ``bandao bench desk``."""
