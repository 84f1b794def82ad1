"""The history of the database's tables, run by bot/store/migrate.py. Knows nothing of what the tables mean."""
