"""Forms of the staff's pages: they read shapes; what is allowed is said by the actions."""
