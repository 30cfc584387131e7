"""The faces of a tenant: names, words, addresses."""
