"""`python -m bot` and the `zhanggui` command."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
else:
    __all__ = ["main"]
