"""Commands of the `flask` program: thin like pages, one file per topic."""
