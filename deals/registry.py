"""What `deals` plugs into the ground and into the app below."""
