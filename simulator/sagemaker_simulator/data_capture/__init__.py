"""Data capture: requests and answers of endpoints written to S3, as Model Monitor reads them."""
