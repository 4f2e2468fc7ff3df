"""What the bot does with one turn once its meaning is known: the case's side of the conversation."""
