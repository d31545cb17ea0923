"""Documents made from facts: records in, text out; nothing here reads a store or the clock."""
