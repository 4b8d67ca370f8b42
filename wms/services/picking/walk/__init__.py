"""A walk from cart to lanes: a cart is built, stops follow one another, totes go down; each step can be taken back."""
