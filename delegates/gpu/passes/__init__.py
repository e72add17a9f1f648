"""Programs made better: fewer operations, other forms of them, shorter storage."""
