"""A tiny newspaper on 127.0.0.1, "The Harbour Gazette", so that a demo has something to follow.

It never reaches out to anything, and keeps no state but the moment it opened.
"""
