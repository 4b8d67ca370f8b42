"""Carriers: the offline one by its pictures, Shippo by the real SDK against the fake that ships."""
