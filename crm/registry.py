"""What `crm` plugs into the ground and into the app below."""
