"""Applications that run in browsers: their refresh token is a cookie of ours, which no script ever sees."""
