"""Write collections and tables to files."""
