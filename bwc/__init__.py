"""bwc takes police body-worn-camera footage from the dock to the public record."""

__version__ = "0.1.0"
