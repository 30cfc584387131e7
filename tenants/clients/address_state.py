"""What is known of the deliveries to an address; apart from the table so that pages can name it."""

import enum


class AddressState(enum.Enum):
    """Whether mail to a requester arrives."""

    GOOD = "good"
    NOTED = "noted"  # a temporary failure was reported
    FAILING = "failing"  # a permanent failure was reported
