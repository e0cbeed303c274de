"""Queue, concepts and renders. Knows no Slack; `backend.service` is the only door."""
