"""The `kaihu` command: a door like the pages, one file per command."""
