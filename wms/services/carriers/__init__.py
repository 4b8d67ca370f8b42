"""What carriers are asked and what they answer: rates, labels, money back, manifests and the way of a box."""
