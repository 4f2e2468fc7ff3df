"""What is shown becomes what is said: short text, numbers as words, sounds of the language, and the mouth that makes them."""
