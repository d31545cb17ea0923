"""Measuring: language-model endpoints, and later whole suites."""
