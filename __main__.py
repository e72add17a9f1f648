"""`python -m delegant` is the `delegant` command."""
from __future__ import annotations

from .cli.main import main

main()
