"""Terminal: for a person, on a screen."""
