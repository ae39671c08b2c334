"""What anybody can do in the world: the bot through REST, a person by hand. One set of rules for all.

Each act checks permissions, changes the world in one step, publishes what happened. None awaits anything.
"""
