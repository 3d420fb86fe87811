"""Models of multi-model endpoints: looks at S3, copies, removal, warm-ups."""
