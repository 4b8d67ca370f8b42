"""Tests of the house itself: its laws, its packaging, its ground."""
