"""The figment command."""
