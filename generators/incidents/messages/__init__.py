"""Messages on incidents, one file a channel; pure, from a briefing to what is sent."""
