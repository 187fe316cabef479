package legacy_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"
)

// keywords are the keywords that check evaluates, and those without an effect on values.
var keywords = []string{
	"$ref", "type", "const", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "items", "prefixItems",
	"minItems", "maxItems", "required", "properties", "additionalProperties", "description", "examples", "contentMediaType", "contentSchema",
}

// check compares a value with a JSON Schema and returns the first mismatch. It evaluates the
// keywords that the document uses and refuses other keywords.
func (d description) check(schema object, v any) string {
	schema = d.resolve(schema)
	for name := range schema {
		if !slices.Contains(keywords, name) {
			return "the schema has the unknown keyword " + name
		}
	}
	if want, ok := schema["const"]; ok && !reflect.DeepEqual(want, v) {
		return fmt.Sprintf("%v is not %v", v, want)
	}
	if list, ok := schema["enum"].([]any); ok && !slices.Contains(list, v) {
		return fmt.Sprintf("%v is none of %v", v, list)
	}
	if kind, ok := schema["type"].(string); ok && kind != kindOf(v) && (kind != "integer" || kindOf(v) != "number") {
		return fmt.Sprintf("%v is no %s", v, kind)
	}
	switch v := v.(type) {
	case string:
		return checkString(schema, v)
	case []any:
		return d.checkArray(schema, v)
	case object:
		return d.checkObject(schema, v)
	case float64:
		if v < bound(schema, "minimum", v) || v > bound(schema, "maximum", v) {
			return fmt.Sprintf("%v is out of bounds", v)
		}
	}
	return ""
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	}
	return "object"
}

// bound returns a number of the schema, or other if the schema does not have it.
func bound(schema object, name string, other float64) float64 {
	if n, ok := schema[name].(float64); ok {
		return n
	}
	return other
}

func checkString(schema object, v string) string {
	n := float64(utf8.RuneCountInString(v))
	if n < bound(schema, "minLength", n) || n > bound(schema, "maxLength", n) {
		return fmt.Sprintf("%q has %v characters", v, n)
	}
	if pattern, ok := schema["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(v) {
		return fmt.Sprintf("%q does not match %s", v, pattern)
	}
	return ""
}

func (d description) checkArray(schema object, v []any) string {
	n := float64(len(v))
	if n < bound(schema, "minItems", n) || n > bound(schema, "maxItems", n) {
		return fmt.Sprintf("%v has %v items", v, n)
	}
	first, _ := schema["prefixItems"].([]any)
	for i, one := range v {
		item, _ := schema["items"].(object)
		if i < len(first) {
			item, _ = first[i].(object)
		}
		if fault := d.check(item, one); fault != "" {
			return fmt.Sprintf("item %d: %s", i, fault)
		}
	}
	return ""
}

func (d description) checkObject(schema, v object) string {
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			return fmt.Sprintf("%v lacks %s", v, name)
		}
	}
	properties, _ := schema["properties"].(object)
	for name, one := range v {
		property, ok := properties[name].(object)
		if !ok && schema["additionalProperties"] == false {
			return fmt.Sprintf("%v has %s", v, name)
		}
		if fault := d.check(property, one); fault != "" {
			return fmt.Sprintf("%s: %s", name, fault)
		}
	}
	return ""
}

// TestCheck_finds_what_does_not_fit shows that the check of schemas can fail.
func TestCheck_finds_what_does_not_fit(t *testing.T) {
	t.Parallel()
	d := description{t: t}
	for name, c := range map[string]struct {
		schema object
		value  any
	}{
		"type":       {object{"type": "string"}, 5.0},
		"const":      {object{"const": "a"}, "b"},
		"enum":       {object{"enum": []any{"a"}}, "b"},
		"pattern":    {object{"pattern": "^a$"}, "b"},
		"length":     {object{"minLength": 1.0}, ""},
		"bound":      {object{"maximum": 1.0}, 2.0},
		"items":      {object{"items": object{"type": "string"}}, []any{"a", nil}},
		"first item": {object{"prefixItems": []any{object{"const": "a"}}}, []any{"b"}},
		"count":      {object{"minItems": 1.0}, []any{}},
		"required":   {object{"required": []any{"a"}}, object{"b": 1.0}},
		"property":   {object{"properties": object{"a": object{"type": "null"}}}, object{"a": 1.0}},
		"more":       {object{"additionalProperties": false}, object{"a": 1.0}},
		"keyword":    {object{"oneOf": []any{}}, 1.0},
	} {
		if d.check(c.schema, c.value) == "" {
			t.Errorf("%s: %v fits %v", name, c.value, c.schema)
		}
	}
}
