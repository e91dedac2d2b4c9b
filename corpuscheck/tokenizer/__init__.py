"""Tokenizers: load or train one, ask it about every character, explain what it loses."""
