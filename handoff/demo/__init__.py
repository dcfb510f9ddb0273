"""The demo: the story of the mockups, told through the product's own actions. It stands in the topmost app, as it needs all."""
