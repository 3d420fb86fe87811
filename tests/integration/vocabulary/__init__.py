"""The words in which integration tests are written: real parts underneath, facts that are waited for on top."""
