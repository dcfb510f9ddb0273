"""Who may be asked again (product.md, "several buyers"): a no stops the asking until the words change or they reopen it."""

#: Answers that end the asking until the content changes or the person reopens the question.
_NOT_YES = frozenset({"declined", "change"})

#: No answer stands: it may be asked again at once. A yes that was taken back waits for the person to answer anew.
_ENDED = frozenset({"contested", "replaced", "cancelled", "withdrawn"})


def may_ask_again(previous_answer: str | None, previous_hash: str, current_hash: str, reopened: bool = False) -> bool:
    """Return whether a person may be asked about the content with `current_hash`.

    Not while the same question is open, not for the same yes twice, and after a no or an "I'd change…" only when
    the content has changed or the person reopened it. A contested record, or a yes taken back, may be asked about at
    once.
    """
    if previous_answer is None or previous_hash != current_hash or previous_answer in _ENDED:
        return True
    return previous_answer in _NOT_YES and reopened
