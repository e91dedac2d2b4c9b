"""python -m corpuscheck"""

from corpuscheck.cli import main

main()
