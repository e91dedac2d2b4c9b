"""Profile: what was measured. Integers, strings and tables of them; every part merges exactly."""
