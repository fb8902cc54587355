"""Search: a query becomes legs, the legs run apart in one batch, calibrated scores are fused into hits."""
