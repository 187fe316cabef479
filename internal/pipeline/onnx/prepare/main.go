// Prepare makes the runtime that package onnx embeds from two files of the npm package
// onnxruntime-web: the WebAssembly module and the JavaScript beside it.
//
// The module is copied with one change: loops that contain a loop or a call count their turns, and
// call the host's abort function after some. The host tells these calls from others by the counter,
// which is exported. It can end a run there, and Go's scheduler and garbage collector, which cannot
// interrupt compiled code, need not wait for the end of a run. The compiler's own check does the
// same in every loop, and makes a run six times slower.
//
// The JavaScript maps the module's short names to those of the functions. Prepare writes them as a
// table in Go. It fails if it does not recognise a function that the module imports, so that a new
// version of the package cannot import something unknown.
//
// The script scripts/onnxruntime.sh runs it:
//
//	prepare MODULE.wasm MODULE.js OUT.wasm OUT.go
package main

import (
	"fmt"
	"os"
)

// counter is the name under which the changed module exports its counter.
const counter = "turns"

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: prepare MODULE.wasm MODULE.js OUT.wasm OUT.go")
		os.Exit(2)
	}
	if err := prepare(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

// prepare reads the module and its JavaScript, and writes the changed module and the table.
func prepare(wasmFile, jsFile, outWasm, outTable string) error {
	wasm, err := os.ReadFile(wasmFile)
	if err != nil {
		return err
	}
	js, err := os.ReadFile(jsFile)
	if err != nil {
		return err
	}
	m, err := parse(wasm)
	if err != nil {
		return fmt.Errorf("%s: %w", wasmFile, err)
	}
	table, host, err := names(m, string(js))
	if err != nil {
		return fmt.Errorf("%s: %w", jsFile, err)
	}
	changed, loops, err := m.interruptible(counter, host)
	if err != nil {
		return fmt.Errorf("%s: %w", wasmFile, err)
	}
	if err := os.WriteFile(outWasm, changed, 0o644); err != nil {
		return err
	}
	fmt.Printf("%d checks in loops, %d bytes\n", loops, len(changed))
	return os.WriteFile(outTable, table, 0o644)
}
