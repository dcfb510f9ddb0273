"""Pure rules after the close: the brief, the expected path of a goal, its health and its chart."""
