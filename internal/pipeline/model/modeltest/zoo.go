package modeltest

import (
	"net/http"
	"strings"
	"time"
)

// Zoo returns the faults of real servers by name. The words in front of a name's slash are its
// kind. A fault of the kind "path" is for a base URL with the path of Paths.
func Zoo() map[string]Fault {
	all := map[string]Fault{}
	for _, part := range []map[string]Fault{
		pathFaults(), parameterFaults(), answerFaults(), formFaults(), statusFaults(), bodyFaults(), pictureFaults(),
	} {
		for name, fault := range part {
			all[name] = fault
		}
	}
	return all
}

// html is the page of a server that has something else at an address.
var html = Raw(200, "<!doctype html><html><title>LM</title></html>", "Content-Type", "text/html")

// Paths are the paths of the base URL for faults of the kind "path". Other faults have "/v1".
var Paths = map[string]string{
	"path/absent_error_in_200": "",
	"path/absent_404_text":     "/",
	"path/whole":               "/v1/chat/completions",
	"path/whole_slash":         "/v1/chat/completions/",
	"path/html":                "/ui",
	"path/html_404":            "/api",
	"path/root_only":           "/v1",
	"path/fastapi_404":         "/v1",
	"path/openai_404":          "/v2",
	"path/method":              "/x",
	"path/ollama_native":       "/api/chat",
	"path/query":               "/v1/chat/completions?api-version=1",
	"path/nowhere":             "/v1",
}

func pathFaults() map[string]Fault {
	const v1, root = "/v1/chat/completions", "/chat/completions"
	return map[string]Fault{
		"path/absent_error_in_200": OnlyAt(v1, Raw(200, `{"error":"Unexpected endpoint or method. (POST /chat/completions)"}`)),
		"path/absent_404_text":     OnlyAt(v1, Raw(404, "404 page not found", "Content-Type", "text/plain")),
		"path/whole":               OnlyAt(v1, html),
		"path/whole_slash":         OnlyAt(v1, html),
		"path/html":                OnlyAt(v1, html),
		"path/html_404":            OnlyAt(v1, Raw(404, "<html>Not Found</html>", "Content-Type", "text/html")),
		"path/root_only":           OnlyAt(root, Raw(404, "")),
		"path/fastapi_404":         OnlyAt(root, Raw(404, `{"detail":"Not Found"}`)),
		"path/openai_404":          OnlyAt(v1, Raw(404, `{"error":{"message":"Invalid URL (POST /v2/chat/completions)","type":"invalid_request_error"}}`)),
		"path/method":              OnlyAt(v1, Raw(405, `{"detail":"Method Not Allowed"}`)),
		"path/ollama_native":       OnlyAt(v1, Raw(404, "404 page not found")),
		"path/query":               OnlyAt(v1, html),
		"path/nowhere":             Always(html),
	}
}

func parameterFaults() map[string]Fault {
	all := map[string]Fault{
		"parameter/three_in_turn": Refuses("fastapi", "max_completion_tokens", "max_tokens", "response_format"),
		"parameter/unnamed":       when(func(r *Request) bool { return r.Has("stream") }, Raw(400, "Unknown parameter in request")),
		"parameter/too_large": when(func(r *Request) bool { return r.Tokens() > 512 },
			Raw(400, `{"error":{"message":"max_tokens is too large: 1024. This model supports at most 512 completion tokens.","param":"max_completion_tokens"}}`)),
		"parameter/too_large_alias": when(func(r *Request) bool { return r.Tokens() > 512 },
			Raw(400, `{"error":{"message":"max_tokens is too large: 1024. This model supports at most 512 completion tokens, whereas you provided 1024.","type":"invalid_request_error","param":"max_tokens","code":"invalid_value"}}`)),
		"parameter/too_large_sentence": when(func(r *Request) bool { return r.Tokens() > 512 },
			Raw(400, `{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: 1024 > 512, which is the maximum allowed number of output tokens for fake-20240307"}}`)),
		"parameter/format_type": when(func(r *Request) bool { return r.Has("response_format") },
			Raw(400, `{"error":"'response_format.type' must be 'json_schema' or 'text'"}`)),
		"parameter/system_role": when(func(r *Request) bool { return isChat(r) && r.Messages()[0].Role == "system" },
			Raw(400, `{"error":{"message":"System role not supported","type":"BadRequestError"}}`)),
	}
	for shape := range Shapes {
		all["parameter/tokens_"+shape] = Refuses(shape, "max_completion_tokens")
		all["parameter/format_"+shape] = Refuses(shape, "response_format")
	}
	return all
}

// answerFaults are answers without text, and others that no retry mends.
func answerFaults() map[string]Fault {
	return map[string]Fault{
		"answer/reasoning":         Always(Finishes("stop", map[string]any{"content": nil, "reasoning": Words})),
		"answer/reasoning_content": Always(Finishes("stop", map[string]any{"content": "", "reasoning_content": Words})),
		"answer/thought_alone":     Always(Says("<think>" + Words + "</think>")),
		"answer/blank":             Always(Says(" \n ")),
		"answer/length":            NeedsTokens(2000),
		"answer/length_always":     NeedsTokens(1 << 30),
		"answer/unclosed_thought":  Always(Finishes("length", map[string]any{"content": "<think>hm, " + Words})),
		"answer/no_choices":        Always(Raw(200, `{"id":"c1","choices":[],"usage":{"prompt_tokens":600,"completion_tokens":0}}`)),
		"answer/no_choices_once":   Times(1, Raw(200, `{"choices":[]}`)),
		"answer/null_choices":      Always(Raw(200, `{"choices":null}`)),
		"answer/error_in_200":      Always(Raw(200, `{"error":{"message":"provider returned error"}}`)),
		"answer/error_502_in_200":  Times(1, Raw(200, `{"error":{"message":"Provider returned error","code":502}}`)),
		"answer/error_list_in_200": Times(1, Raw(200, `[{"error":{"code":503,"message":"The model is overloaded."}}]`)),
		"answer/error_text_in_200": Times(1, Raw(200, `{"error":"server is busy, try again"}`)),
		"answer/tool_call":         Always(Finishes("tool_calls", map[string]any{"content": nil, "tool_calls": []any{map[string]any{"id": "x"}}})),
		"answer/filtered":          Always(Finishes("content_filter", map[string]any{"content": ""})),
	}
}

// formFaults are good answers in unusual forms.
func formFaults() map[string]Fault {
	part := func(kind, text string) map[string]any { return map[string]any{"type": kind, "text": text} }
	return map[string]Fault{
		"form/stream":         Always(Streams(Words, StreamEnd)),
		"form/stream_endless": Always(func(w http.ResponseWriter, r *Request) { Streams(Words, StreamEnd)(w, r); Drips(0, "", "\n")(w, r) }),
		"form/stream_ping":    Always(Raw(200, "event: ping\ndata: {\"type\":\"ping\"}\n\ndata: "+chunk(Words, "")+"\n\n"+StreamEnd)),
		"form/stream_error":   Times(1, Streams("half of", `data: {"error":{"message":"overloaded"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}`+"\n\n")),
		"form/stream_no_done": Always(Streams(Words, "data: "+chunk("", "stop")+"\n\n")),
		"form/stream_broken":  Times(1, Streams(Words, "")),
		"form/stream_plain_type": Always(func(w http.ResponseWriter, r *Request) {
			Raw(200, "data: "+chunk(Words, "")+"\r\n\r\n"+StreamEnd)(w, r)
		}),
		"form/chunks":          Always(Raw(200, chunk(Words, "")+"\n"+chunk("", "stop")+"\n")),
		"form/parts":           Always(Finishes("stop", map[string]any{"content": []any{part("thinking", "hm"), part("text", Words)}})),
		"form/text":            Always(Raw(200, encode(map[string]any{"choices": []any{map[string]any{"text": Words, "finish_reason": "stop"}}}))),
		"form/refusal":         Always(Finishes("stop", map[string]any{"content": nil, "refusal": "I cannot help."})),
		"form/fenced":          Wrapped("```json\n%s\n```"),
		"form/think":           Wrapped("<think>\n손님 7명?\n</think>\n\n%s"),
		"form/thinking":        Wrapped("<Thinking type=\"x\">a <b> c</Thinking>%s"),
		"form/closing_alone":   Wrapped("손님이 7명인가\n</think>\n%s"),
		"form/thinking_behind": Wrapped("%s<reasoning>all good</reasoning>"),
		"form/nested":          Wrapped("<think>a<think>b</think>c</think>%s"),
		"form/brackets":        Wrapped("[THINK]hm[/THINK]%s"),
		"form/channel":         Wrapped("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>%s<|return|>"),
		"form/mark_behind":     Wrapped("%s<|im_end|>"),
		"form/odd_types":       Always(Raw(200, encode(map[string]any{"error": nil, "usage": "none", "id": 7, "choices": []any{map[string]any{"finish_reason": 1, "index": "0", "message": map[string]any{"content": Words, "tool_calls": "x"}}}}))),
		"form/bom":             Always(Raw(200, "\xef\xbb\xbf\n"+encode(completion("stop", map[string]any{"content": Words})))),
		"form/usage_missing":   Always(Raw(200, `{"choices":[{"message":{"content":"`+Words+`"}}]}`)),
		"form/usage_zero":      Always(Raw(200, `{"choices":[{"message":{"content":"`+Words+`"}}],"usage":{"prompt_tokens":0,"completion_tokens":0}}`)),
		"form/usage_strings":   Always(Raw(200, `{"choices":[{"message":{"content":"`+Words+`"}}],"usage":{"input_tokens":"600","output_tokens":80.0}}`)),
		"form/usage_negative":  Always(Raw(200, `{"choices":[{"message":{"content":"`+Words+`"}}],"usage":{"prompt_tokens":-5,"completion_tokens":1e300}}`)),
	}
}

// statusFaults are statuses that mean what they say.
func statusFaults() map[string]Fault {
	busy := `{"error":{"message":"busy"}}`
	return map[string]Fault{
		"status/429_once":      Times(1, Raw(429, busy, "Retry-After", "3")),
		"status/429_date":      Times(1, func(w http.ResponseWriter, r *Request) { Raw(429, busy, "Retry-After", inSeconds(4))(w, r) }),
		"status/429_hours":     Times(1, Raw(429, busy, "Retry-After", "8549")),
		"status/429_huge":      Times(1, Raw(429, busy, "Retry-After", "99999999999999999999")),
		"status/429_nonsense":  Times(1, Raw(429, busy, "Retry-After", "-later")),
		"status/429_always":    Always(Raw(429, busy)),
		"status/429_quota":     Always(Raw(429, `{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}`)),
		"status/400":           Always(Raw(400, `{"error":{"message":"no"}}`)),
		"status/401":           Always(Raw(401, `{"error":{"message":"Incorrect API key provided"}}`)),
		"status/403":           Always(Raw(403, "<html>Forbidden</html>")),
		"status/404_model":     Always(Raw(404, `{"error":{"message":"The model 'fake' does not exist or you do not have access to it.","code":"model_not_found"}}`)),
		"status/404_ollama":    Always(Raw(404, `{"error":{"message":"model \"fake\" not found, try pulling it first","type":"api_error"}}`)),
		"status/400_model":     Always(Raw(400, `{"object":"error","message":"Invalid model: fake","type":"invalid_model","code":"1500"}`)),
		"status/408_once":      Times(1, Raw(408, "")),
		"status/413":           Always(Raw(413, "<html>Too Large</html>")),
		"status/500_once":      Times(1, Raw(500, "<html>oops</html>")),
		"status/500_always":    Always(Raw(500, busy)),
		"status/502_html_once": Times(1, Raw(502, "<html>Bad Gateway</html>", "Content-Type", "text/html")),
		"status/503_always":    Always(Raw(503, "")),
		"status/503_loading":   Times(2, Raw(503, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`)),
		"status/504_once":      Times(1, Raw(504, "")),
		"status/529_once":      Times(1, Raw(529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`)),
		"status/redirect":      Always(Raw(307, "", "Location", "/elsewhere")),
		"status/drip":          Always(Drips(500, "{", " ")),
	}
}

// inSeconds returns the date n seconds from now.
func inSeconds(n int) string {
	return time.Now().Add(time.Duration(n) * time.Second).UTC().Format(http.TimeFormat)
}

// bodyFaults are bodies and headers without end, without measure, or without sense.
func bodyFaults() map[string]Fault {
	good := encode(completion("stop", map[string]any{"content": Words}))
	endless := `{"choices":[{"message":{"content":"`
	return map[string]Fault{
		"body/empty":             Always(Raw(200, "")),
		"body/truncated":         Times(1, Raw(200, good[:len(good)/2])),
		"body/garbage":           Always(Raw(200, `{"choices": [`)),
		"body/text":              Always(Raw(200, "OK", "Content-Type", "text/plain")),
		"body/gzip_bomb":         Always(Bomb),
		"body/huge":              Always(Raw(200, endless+strings.Repeat("a", 2<<20)+`"}}]}`)),
		"body/long":              Always(Says(strings.Repeat("가", 20_000))),
		"body/drip":              Always(Drips(200, endless, "a")),
		"body/without_end":       Always(Drips(200, good, " ")),
		"body/hangs":             Always(Hangs),
		"body/hangs_once":        Times(1, Hangs),
		"body/headers_huge":      Always(Raw(200, good, "X-Filler", strings.Repeat("x", 200<<10))),
		"body/headers_endless":   Always(HeadersWithoutEnd),
		"body/connection_broken": Times(1, func(http.ResponseWriter, *Request) { panic(http.ErrAbortHandler) }),
		"body/deep":              Always(Raw(200, strings.Repeat("[", 100_000))),
	}
}

// pictureFaults concern questions with a picture.
func pictureFaults() map[string]Fault {
	return map[string]Fault{
		"picture/overflow":        Overflows(30_000),
		"picture/overflow_always": Overflows(0),
		"picture/too_large":       when(func(r *Request) bool { return isChat(r) && len(r.Raw) > 40_000 }, Raw(400, `{"error":{"message":"image exceeds 5 MB maximum"}}`)),
		"picture/openai":          Blind(400, `{"error":{"message":"Invalid content type. image_url is only supported by certain models.","param":"messages.[0].content.[1].type"}}`),
		"picture/llama_cpp":       Blind(500, `{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}`),
		"picture/openrouter":      Blind(404, `{"error":{"message":"No endpoints found that support image input","code":404}}`),
		"picture/string":          Blind(422, `{"detail":[{"type":"string_type","loc":["body","messages",1,"content"],"msg":"Input should be a valid string","input":[{"type":"image_url"}]}]}`),
	}
}
