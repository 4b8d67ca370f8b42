"""The box: how many, of which carton, weighed, counted again, labelled and sealed."""
