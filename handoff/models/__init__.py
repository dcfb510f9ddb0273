"""Handoffs, success plans, goals and measurements."""
