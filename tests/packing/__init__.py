"""The packer as the program that it is, against the simulator's S3."""
