"""AWS's wire protocols: what a request says, whether it is allowed to say it, and how an answer is written down."""
