"""Detect, track, plan, render, verify: the engine that hides people."""
