"""What the ground itself plugs in: its event renderers and its consumers. Imported once, when all models are known."""
