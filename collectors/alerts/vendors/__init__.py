"""One file a sender: `ADAPTER` reads its webhook payloads."""
