"""A tiny newspaper on 127.0.0.1, "The Harbour Gazette", so that a demo has something to follow.

It keeps no state but the moment it opened and who asked its hub, and calls nobody but programs on this machine.
"""
