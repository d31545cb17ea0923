"""The retryable steps, the decisions they take, and the actions that change the world."""
