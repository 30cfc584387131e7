"""The only place that answers HTTP."""
