"""Amazon SageMaker inference on a laptop: the API, its states and its oddities, with real model servers behind it."""
