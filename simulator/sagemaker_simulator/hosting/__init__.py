"""Where models really run: artifacts unpacked, server processes started, asked for /ping and called.

Knows nothing of endpoint states: the SageMaker service asks for a fleet and gets one that answers, or the sentence
that AWS would put into FailureReason.
"""
