"""`python -m bot`: the figment command."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
