"""The hash-chained ledger of every act."""
