// Package model asks an OpenAI-compatible chat model for text.
//
// It offers one call, Client.Complete. A call makes at most two HTTP requests, each with a
// deadline, and accepts a bounded answer.
//
// # What is sent
//
// Each request is a POST of JSON to BASE/chat/completions with the model's name, the messages
// and a limit on the answer's tokens. The key goes into the Authorization header. The SDK adds
// headers with its own version, the operating system and the Go version. There is no user, no
// temperature and no picture. The environment is not read, and no redirect is followed.
//
// # What is never shown
//
// No error holds the key, the address, the messages or the answer. This package logs nothing.
// Errors of the SDK and of net/http can hold all of these, so a small set of own errors replaces
// them.
//
// # Left to others
//
// The package knows nothing of captions, facts or checks. They belong to the wording stage,
// which declares the interface that Client fulfils. Wording also bounds how many calls run at
// once.
package model
