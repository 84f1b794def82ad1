"""What the bot knows of a shop: its folder, products, rules. Knows nothing of models, routing or HTTP."""
