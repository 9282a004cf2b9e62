"""The desk's pages, one file per noun: a form in, one use case, one transaction, a page out."""
