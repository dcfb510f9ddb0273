"""Starts everything on one machine: environment, embedded PostgreSQL and Redis, and the processes of the app."""
