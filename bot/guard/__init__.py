"""The ledgers that make a reply trustworthy: claims, promises, language, citations. All in code; no model judges a model."""
