"""The journeys: each gathers what it must know, decides by pure functions, and applies."""
