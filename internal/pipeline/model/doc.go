// Package model gets text from an OpenAI-compatible chat model.
//
// It offers one call, Client.Complete. A call makes at most two HTTP requests, each with a
// deadline, and accepts a bounded answer.
//
// # What is sent
//
// Each request is a POST of JSON to BASE/chat/completions with the model's name, the messages and a
// limit on the answer's tokens. The key goes into the Authorization header. The SDK adds headers
// with its own version, the operating system and the Go version. A request has no user, no
// temperature and no picture. The environment is not read, and no redirect is followed.
//
// # What is never shown
//
// No error contains the key, the address, the messages or the answer. This package logs nothing.
// Errors of the SDK and of net/http can contain all of these, so a small set of own errors replaces
// them.
//
// # Left to others
//
// Captions, facts and checks belong to the wording stage, which declares the interface that Client
// fulfils. Wording also bounds how many calls run at once.
package model
