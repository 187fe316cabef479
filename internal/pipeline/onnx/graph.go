package onnx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// signature is what a model's file says about its inputs and outputs. The runtime's WebAssembly
// build gives their names alone.
type signature struct {
	inputs, outputs []Value
	metadata        map[string]string
}

// maxText bounds the metadata that is read, in bytes.
const maxText = 1 << 20

// readSignature reads a model's file. It checks only what it needs.
func readSignature(model []byte) (s signature, err error) {
	s.metadata = map[string]string{}
	var graph []byte
	text := 0
	err = fields(model, func(n protowire.Number, b []byte, _ uint64) error {
		switch n {
		case 7: // graph
			graph = b
		case 14: // metadata_props
			if text += len(b); text <= maxText {
				key, value := pair(b)
				s.metadata[key] = value
			}
		}
		return nil
	})
	if err != nil {
		return s, fmt.Errorf("%w: it is not in the ONNX format: %w", ErrModel, err)
	}
	if graph == nil {
		return s, fmt.Errorf("%w: it is not in the ONNX format: there is no graph", ErrModel)
	}
	if err := s.readGraph(graph); err != nil {
		return s, fmt.Errorf("%w: its graph is not in the ONNX format: %w", ErrModel, err)
	}
	return s, nil
}

// readGraph reads the inputs and outputs of a graph. Inputs that have a stored value are left out.
func (s *signature) readGraph(graph []byte) error {
	stored := map[string]bool{}
	var inputs []Value
	err := fields(graph, func(n protowire.Number, b []byte, _ uint64) error {
		switch n {
		case 5: // initializer
			name, err := tensorName(b)
			stored[name] = true
			return err
		case 11, 12: // input, output
			v, err := readValue(b)
			if n == 11 {
				inputs = append(inputs, v)
			} else {
				s.outputs = append(s.outputs, v)
			}
			return err
		}
		return nil
	})
	for _, v := range inputs {
		if !stored[v.Name] {
			s.inputs = append(s.inputs, v)
		}
	}
	return err
}

// tensorName returns the name of a stored tensor.
func tensorName(b []byte) (name string, err error) {
	err = fields(b, func(n protowire.Number, b []byte, _ uint64) error {
		if n == 8 {
			name = string(b)
		}
		return nil
	})
	return name, err
}

// readValue reads the description of an input or output.
func readValue(b []byte) (v Value, err error) {
	err = fields(b, func(n protowire.Number, b []byte, _ uint64) error {
		switch n {
		case 1: // name
			v.Name = string(b)
		case 2: // type
			return fields(b, func(n protowire.Number, b []byte, _ uint64) error {
				if n != 1 { // not a tensor
					return nil
				}
				return v.readTensorType(b)
			})
		}
		return nil
	})
	return v, err
}

// readTensorType reads the type and the shape of a tensor.
func (v *Value) readTensorType(b []byte) error {
	return fields(b, func(n protowire.Number, b []byte, number uint64) error {
		switch n {
		case 1: // elem_type
			v.Type = Type(number)
		case 2: // shape
			v.Shape = []int{}
			return fields(b, func(n protowire.Number, b []byte, _ uint64) error {
				if n != 1 {
					return nil
				}
				d := -1
				err := fields(b, func(n protowire.Number, _ []byte, number uint64) error {
					if n == 1 && number <= 1<<31 { // dim_value
						d = int(number)
					}
					return nil
				})
				v.Shape = append(v.Shape, d)
				return err
			})
		}
		return nil
	})
}

// pair reads a key and its value.
func pair(b []byte) (key, value string) {
	_ = fields(b, func(n protowire.Number, b []byte, _ uint64) error {
		switch n {
		case 1:
			key = string(b)
		case 2:
			value = string(b)
		}
		return nil
	})
	return key, value
}

// fields calls do for each field of a message with its bytes or its number.
func fields(b []byte, do func(n protowire.Number, b []byte, number uint64) error) error {
	for len(b) > 0 {
		n, t, size := protowire.ConsumeTag(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		var content []byte
		var number uint64
		switch t {
		case protowire.BytesType:
			content, size = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			number, size = protowire.ConsumeVarint(b)
		default:
			size = protowire.ConsumeFieldValue(n, t, b)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		if err := do(n, content, number); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil
}
