"""A room's evidence as one archive, and the script in it that checks it without this product."""
