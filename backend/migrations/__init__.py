"""The history of the tables, one file a change; see `backend.migrate`."""
