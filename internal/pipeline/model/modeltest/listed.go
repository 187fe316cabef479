package modeltest

import (
	"fmt"
	"slices"
	"strings"
)

// Lacks are the forms in which servers say that they do not have a model, by the server.
var Lacks = map[string]func(model string) Handler{
	"openai": func(model string) Handler {
		return Raw(404, fmt.Sprintf(`{"error":{"message":"The model '%s' does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}`, model))
	},
	"ollama": func(model string) Handler {
		return Raw(404, fmt.Sprintf(`{"error":{"message":"model '%s' not found","type":"not_found_error","param":null,"code":null}}`, model))
	},
	"ollama_old": func(model string) Handler {
		return Raw(404, fmt.Sprintf(`{"error":{"message":"model \"%s\" not found, try pulling it first","type":"api_error"}}`, model))
	},
	"vllm": func(model string) Handler {
		return Raw(404, fmt.Sprintf("{\"object\":\"error\",\"message\":\"The model `%s` does not exist.\",\"type\":\"NotFoundError\",\"param\":null,\"code\":404}", model))
	},
	"vllm_new": func(model string) Handler {
		return Raw(404, fmt.Sprintf("{\"error\":{\"message\":\"The model `%s` does not exist.\",\"type\":\"NotFoundError\",\"param\":\"model\",\"code\":404}}", model))
	},
	"lm_studio": func(model string) Handler {
		return Raw(400, fmt.Sprintf(`{"error":{"message":"Invalid model identifier \"%s\". Please specify a valid downloaded model (e.g. qwen2.5-7b-instruct).","type":"invalid_request_error","param":"model","code":"model_not_found"}}`, model))
	},
	"mistral": func(model string) Handler {
		return Raw(400, fmt.Sprintf(`{"object":"error","message":"Invalid model: %s","type":"invalid_model","param":null,"code":"1500"}`, model))
	},
	"openrouter": func(model string) Handler {
		return Raw(400, fmt.Sprintf(`{"error":{"message":"%s is not a valid model ID","code":400}}`, model))
	},
	"deepseek": func(model string) Handler {
		return Raw(400, `{"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`)
	},
	"groq": func(model string) Handler {
		return Raw(404, "{\"error\":{\"message\":\"The model `"+model+"` does not exist or you do not have access to it.\",\"type\":\"invalid_request_error\",\"code\":\"model_not_found\"}}")
	},
}

// ListedOnly has the chat for the listed models alone, as most servers do, and refuses others in
// the form of a name of Lacks. Models with "embed" in their name have no chat.
func ListedOnly(form string) Fault {
	return func(s *Server, r *Request) Handler {
		switch name := r.Model(); {
		case !isChat(r):
			return nil
		case !slices.Contains(s.models(), name):
			return Lacks[form](name)
		case strings.Contains(name, "embed"):
			return Raw(400, fmt.Sprintf(`{"error":{"message":"\"%s\" does not support chat","type":"invalid_request_error"}}`, name))
		}
		return nil
	}
}
