"""One request for help, from its first words to its end."""
