"""Composition: settings, addresses, the web process and the job queue. The only place that knows all three apps."""
