"""Trains what ships in the package: the encoder's adapter and the answerability model. Needs the `train` extra."""
