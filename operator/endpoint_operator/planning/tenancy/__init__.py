"""What a namespace may use of AWS, and what belongs to another one."""
