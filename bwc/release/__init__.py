"""From a decision to the public record: obligations, approval, bundle, publication."""
