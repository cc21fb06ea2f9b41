"""The contenders: each a small program that measures itself and prints one line of JSON.

The first argument is the server's base URL. Everything is imported, opened and used once before the clock starts.
"""
