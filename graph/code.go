package graph

const codeRateLimited = "RATE_LIMITED"
