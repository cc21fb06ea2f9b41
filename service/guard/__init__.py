"""Who may send, when, and how often: retry, breaker, rate limit, concurrency limit.

A request passes them in this order, every attempt anew; a retry that waits holds no slot.
"""
