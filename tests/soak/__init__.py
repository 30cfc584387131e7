"""The long tests of `make soak`: MINUTES says how long each of them may take."""
