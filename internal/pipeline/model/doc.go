// Package model gets text from an OpenAI-compatible chat model, whatever its server is like.
//
// It offers one question at a time: Client.Ask, and Client.Complete for plain conversations. A
// question makes at most four HTTP requests, ends with its context, and accepts a bounded answer.
//
// # What is sent
//
// Each request is a POST of JSON to BASE/chat/completions with the model's name, the messages, a
// limit on the answer's tokens, and "stream": false. A question may add pictures and ask for JSON.
// The key goes into the Authorization header. A request has no user and no temperature. Of the
// environment, only the proxy is read, and no redirect is followed.
//
// # What is found out
//
// Servers differ in their path, in the parameters that they refuse, in the tokens that a model
// needs, in the size of pictures, and in whether there is a system message. If the owner named no
// model, the client picks one of those that the server lists. A refused attempt tells
// what to change. The client changes it, asks again, and remembers it for later questions. Slow and
// overloaded servers are asked again once. Everything else is told at once.
//
// Answers come as JSON or as a stream, and their text as a string or in parts. Reasoning and
// Markdown fences are removed. Reasoning alone is not an answer.
//
// # What is never shown
//
// No error contains the key, the address beyond its host, the messages or the answer. This package
// logs nothing. The texts of a server's errors are for decisions alone, because they may repeat all
// of these. Only names of models are shown, if they have the form of one.
//
// # Left to others
//
// Captions, facts and checks belong to the stages that ask, and so does a refusal in the answer.
// Package provider decides which server is asked, and how often.
package model
