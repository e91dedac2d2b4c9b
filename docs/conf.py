"""The site of the documentation: sphinx-build -W --keep-going -b html docs site."""

from corpuscheck import __version__

project = "corpuscheck"
copyright = "the authors of corpuscheck"
release = version = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
nitpicky = True
html_theme = "furo"
html_title = f"corpuscheck {release}"
html_copy_source = False
