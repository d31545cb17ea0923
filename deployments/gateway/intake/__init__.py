"""The door for alerts: `POST /webhook/{vendor}`, verified, bounded, durable before the 202."""
