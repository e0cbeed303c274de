"""Stand-ins for a newcomer: a small base model and a workspace in the browser."""
