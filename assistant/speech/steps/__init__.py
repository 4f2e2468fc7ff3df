"""The steps of the pipeline; `assistant.speech.pipeline` has them in order."""
