"""OpenRouter's JSON, and that of its look-alikes; no other module knows it.

`payload` writes strictly, `answer` and `faults` read tolerantly. Each odd shape has a named function that says
where it was seen.
"""
