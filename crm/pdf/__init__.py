"""PDFs: templates that hold the look (`.typ`), and what fills them."""
