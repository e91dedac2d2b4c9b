"""Rules: each looks at the evidence and says what it finds. They never read files."""
