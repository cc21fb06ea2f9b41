"""Painting live runs: the server renders, the browser swaps fragments.

`blocks` cuts a growing text into finished blocks, `render` makes safe HTML of one, `view` keeps what a run looks
like, `socket` sends it to whoever watches.
"""
