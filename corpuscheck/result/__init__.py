"""Result: what is concluded from a profile, and the figures that it takes."""
