"""Amazon ECR: which images there are, by the settings `images` and `imageDigests`. Images hold no layers here."""
