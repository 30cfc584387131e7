"""`flask demo`: two partners, their people, and a played day of mails through the real journeys."""

from app.commands.demo.command import register

__all__ = ["register"]
