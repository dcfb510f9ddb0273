"""Pure mathematics of the ground: canonical form, ledger chain, differences, merging, agreement."""
