#!/usr/bin/env python
"""Warroom's command line, from a checkout. Installed, it is called `warroom`."""

from warroom.__main__ import main

if __name__ == "__main__":
    main()
