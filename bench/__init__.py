"""Measures the service side by side with what one would take instead: `python -m bench`, see docs/benchmarks.md."""
