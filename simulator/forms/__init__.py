"""What requests may contain: sizes, types, and the nested errors of 50035. Reads forms; never the world."""
