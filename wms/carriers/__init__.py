"""Who carries the boxes: one protocol (`base`), an embedded carrier that buys nothing (`offline`), and Shippo."""
