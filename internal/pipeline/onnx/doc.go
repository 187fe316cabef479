// Package onnx runs neural networks in the ONNX format. It offers Engine, which opens a file's
// bytes as a Model, and Model.Run, which computes outputs from inputs.
//
// The networks are run by ONNX Runtime's WebAssembly build, which is embedded, on wazero. So the
// program needs no C library, and a network runs in a sandbox: it has a memory of its own with a
// bound, and it reaches no file, no network and no other memory of the process.
//
// # Promises
//
// A model that is none, or that traps, runs for ever, allocates for ever or is too large costs an
// error. The error says which of these it was; see the variables Err. After a failed run the next
// one begins with fresh memory. No call panics, and a closed model leaves no memory behind.
//
// A run ends within a moment after its context or its limit: loops in the runtime call the host
// about every tenth of a millisecond; see the command prepare. These calls also let Go's scheduler
// and garbage collector go on, which cannot interrupt compiled code.
//
// # Compiled code
//
// Compiling the runtime to native code takes seconds and half a gigabyte. Compile does it once and
// stores the result in a folder; New then loads it in a fifth of a second. The folder has native
// code, so New uses it only if nobody else can write to it, and checks the stored sums.
//
// # Concurrency
//
// All methods may be called by several goroutines. A model computes one run at a time, on the
// goroutine that called Run; the others wait. For runs in parallel, open several models.
//
// Package detect knows what networks find in pictures. This package knows nothing of pictures.
package onnx
