// Package model asks an OpenAI-compatible chat model for text.
//
// It offers one call, Client.Complete, with a deadline, at most two tries and a
// bounded answer. It promises that the key appears in no error. It knows nothing
// of captions, facts or checks: those belong to the wording stage, which names
// this client by an interface of its own.
package model
