"""The Pods of packing Jobs as processes of this machine, where no node runs them.

The Jobs themselves are the real Job controller's: it makes the Pods, counts their ends and follows the Job's failure
policy. What is done here is a kubelet's part: start what a Pod says, and say in the Pod's status how it goes.
"""
