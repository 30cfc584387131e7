"""Clocks of a ticket: what is due, when, and why."""
