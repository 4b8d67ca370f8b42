"""The compiled part of the engine: plain arrays in, numbers out, without the interpreter's lock.

A walk is a row of 64-bit words: a bit a location, one or more words a sub-aisle (the piece of an aisle between two
cross aisles). `floors` describes the floor, `walks` and `crossings` measure a walk exactly, `tours` by a distance
matrix; `baskets` hold the batches of a plan, `annealing` improves them, `joining` builds them, `pricing` proves them.
"""
