"""The desk: what happens when somebody asks for help."""
