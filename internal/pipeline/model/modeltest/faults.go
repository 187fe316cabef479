package modeltest

import (
	"fmt"
	"net/http"
	"strings"
)

// when spoils the requests that match.
func when(match func(*Request) bool, h Handler) Fault {
	return func(_ *Server, r *Request) Handler {
		if match(r) {
			return h
		}
		return nil
	}
}

// Always answers each chat with a handler.
func Always(h Handler) Fault { return when(isChat, h) }

// Times answers the first n chats with a handler.
func Times(n int, h Handler) Fault {
	return when(func(r *Request) bool { return isChat(r) && r.N <= n }, h)
}

// isChat reports whether a request is not for the list of models.
func isChat(r *Request) bool { return r.Method == http.MethodPost }

// OnlyAt has the chat at one path, and answers elsewhere with a handler.
func OnlyAt(path string, elsewhere Handler) Fault {
	return when(func(r *Request) bool { return isChat(r) && r.Path != path }, elsewhere)
}

// Shapes are the forms in which servers refuse a parameter, by name. They get the parameter and the
// body of the request.
var Shapes = map[string]func(field, body string) Handler{
	"openai": func(field, _ string) Handler {
		return Raw(400, fmt.Sprintf(`{"error":{"message":"Unsupported parameter: '%s' is not supported with this model.","type":"invalid_request_error","param":"%[1]s","code":"unsupported_parameter"}}`, field))
	},
	"openai_old": func(field, _ string) Handler {
		return Raw(400, fmt.Sprintf(`{"error":{"message":"Unrecognized request argument supplied: %s","type":"invalid_request_error","param":null,"code":null}}`, field))
	},
	"mistral": func(field, _ string) Handler {
		return Raw(422, fmt.Sprintf(`{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","%s"],"msg":"Extra inputs are not permitted","input":1024}]},"type":"invalid_request_error"}`, field))
	},
	"fastapi": func(field, _ string) Handler {
		return Raw(422, fmt.Sprintf(`{"detail":[{"loc":["body","%s"],"msg":"extra fields not permitted","type":"value_error.extra"}]}`, field))
	},
	"fastapi_echo": func(field, body string) Handler {
		return Raw(422, fmt.Sprintf(`{"detail":[{"type":"extra_forbidden","loc":["body","%s"],"msg":"Extra inputs are not permitted","input":%s}],"body":%[2]s}`, field, body))
	},
	"vllm": func(field, _ string) Handler {
		return Raw(400, fmt.Sprintf(`{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', '%s'), 'msg': 'Extra inputs are not permitted'}]","type":"BadRequestError","param":null,"code":400}`, field))
	},
	"google": func(field, _ string) Handler {
		return Raw(400, fmt.Sprintf(`[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"%s\": Cannot find field.","status":"INVALID_ARGUMENT","details":[{"@type":"x","fieldViolations":[{"description":"Unknown name"}]}]}}]`, field))
	},
	"text": func(field, _ string) Handler {
		return Raw(400, "unknown field: "+field, "Content-Type", "text/plain")
	},
	"go": func(field, _ string) Handler {
		return Raw(400, fmt.Sprintf(`{"error":"json: unknown field \"%s\""}`, field))
	},
	"rust": func(field, _ string) Handler {
		return Raw(422, fmt.Sprintf("Failed to deserialize the JSON body into the target type: unknown field `%s`, expected one of `messages`, `model` at line 1 column 80", field), "Content-Type", "text/plain")
	},
	"nested": func(field, _ string) Handler {
		return Raw(400, fmt.Sprintf(`{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"Unsupported parameter: '%s'\"}}"}}}`, field))
	},
}

// Refuses refuses parameters, one a request, in the shape of a name of Shapes.
func Refuses(shape string, fields ...string) Fault {
	return func(_ *Server, r *Request) Handler {
		for _, field := range fields {
			if r.Has(field) {
				return Shapes[shape](field, r.Raw)
			}
		}
		return nil
	}
}

// NeedsTokens answers without text, as if reasoning had spent all tokens, unless the limit is at
// least n or absent.
func NeedsTokens(n int) Fault {
	return when(func(r *Request) bool { return isChat(r) && r.Tokens() > 0 && r.Tokens() < n },
		Finishes("length", map[string]any{"content": "", "reasoning_content": "hm, hm"}))
}

// Overflows refuses pictures of more bytes than n.
func Overflows(n int) Fault {
	return when(func(r *Request) bool {
		return strings.Contains(r.Raw, "image_url") && len(r.Pictures()[0]) > n
	}, Raw(400, `{"error":{"message":"This model's maximum context length is 2048 tokens. However, you requested 3000 tokens (1976 in the messages, 1024 in the completion).","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`))
}

// Blind refuses pictures with a status and a body.
func Blind(status int, body string) Fault {
	return when(func(r *Request) bool { return strings.Contains(r.Raw, "image_url") }, Raw(status, body))
}

// Both applies the first of two faults that spoils a request.
func Both(a, b Fault) Fault {
	return func(s *Server, r *Request) Handler {
		if h := a(s, r); h != nil {
			return h
		}
		return b(s, r)
	}
}

// Wrapped puts the model's words into a form, which has one %s.
func Wrapped(form string) Fault {
	return func(s *Server, r *Request) Handler {
		if !isChat(r) {
			return nil
		}
		return Says(strings.Replace(form, "%s", s.Words(r), 1))
	}
}

// Costs answers questions with a picture at a cost in input tokens.
func Costs(n func(r *Request) int) Fault {
	return func(s *Server, r *Request) Handler {
		if !isChat(r) || len(r.Pictures()) == 0 {
			return nil
		}
		body := completion("stop", map[string]any{"content": s.Words(r)})
		body["usage"] = map[string]any{"prompt_tokens": n(r), "completion_tokens": OutputTokens}
		return Raw(http.StatusOK, encode(body))
	}
}
