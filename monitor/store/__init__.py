"""The only doors to monitor's tables; all of it works on SQLite and on PostgreSQL."""
