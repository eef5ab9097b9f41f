"""`python -m cli`: the same as the `hazlane` command."""

from cli.main import main

main()
