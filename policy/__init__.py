"""Policy documents to rows, each with its place in the text."""
