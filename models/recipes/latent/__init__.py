"""The codec of latent files: transform, context network, training, export. Run `python -m recipes.latent`."""
