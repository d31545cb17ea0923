"""Documents: made from stored facts, written as files, checked again, exported."""
