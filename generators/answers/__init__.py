"""Answers to operators' questions from passages of runbooks and documents, each with citations."""
