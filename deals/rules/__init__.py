"""Pure rules of a deal: measurable criteria, gates, who must answer, dependence on one person."""
