"""Looking after the installation itself: runs that died, and what is kept no longer."""
