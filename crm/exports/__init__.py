"""What leaves as tables: what each app can export, and writing it as CSV, workbooks, or everything in one archive."""
