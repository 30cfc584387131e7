"""Companies served by a tenant, and the people of them who ask."""
