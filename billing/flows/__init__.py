"""The journeys of billing."""
