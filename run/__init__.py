"""Starts everything on one machine: the environment, the embedded PostgreSQL and Redis, and the processes of the app."""
