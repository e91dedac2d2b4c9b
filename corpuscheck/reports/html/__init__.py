"""HTML: one page that opens anywhere, without scripts, network or fonts to load."""
