"""A procedural world of captioned toys, and a small Stable-Diffusion-shaped model of it."""
