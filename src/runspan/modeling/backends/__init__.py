"""The engines that run a fine-tuned model, and the choice among them."""
