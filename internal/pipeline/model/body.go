package model

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/shared"

	"bis/internal/pipeline"
)

// defaultTokens is the limit of tokens of a Question without one.
const defaultTokens = 1_024

// params returns the body of a request in a dialect. The temperature is left out, because reasoning
// models refuse every value but their default.
func (c *Client) params(q Question, d dialect) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{Model: d.model, Messages: messages(q, d)}
	switch limit := openai.Int(int64(d.tokens(q.MaxTokens))); d.tokensField() {
	case fieldTokens:
		p.MaxCompletionTokens = limit
	case fieldOldTokens:
		p.MaxTokens = limit
	}
	if q.JSON && !d.refuses(fieldFormat) {
		p.ResponseFormat.OfJSONObject = &shared.ResponseFormatJSONObjectParam{}
	}
	if !d.refuses(fieldStream) {
		p.SetExtraFields(map[string]any{fieldStream: false}) // some servers stream by default
	}
	return p
}

// messages returns the conversation of a question.
func messages(q Question, d dialect) []openai.ChatCompletionMessageParamUnion {
	var all []openai.ChatCompletionMessageParamUnion
	if q.Rules != "" && !d.noSystem {
		all = append(all, openai.SystemMessage(q.Rules))
	}
	for i, turn := range q.Turns {
		if i == 0 && d.noSystem && q.Rules != "" {
			turn = q.Rules + "\n\n" + turn
		}
		switch last := i == len(q.Turns)-1; {
		case i%2 == 1:
			all = append(all, openai.AssistantMessage(turn))
		case last && len(q.Pictures) > 0:
			all = append(all, openai.UserMessage(parts(turn, q, d)))
		case last && q.Tail != "":
			all = append(all, openai.UserMessage(turn+"\n"+q.Tail))
		default:
			all = append(all, openai.UserMessage(turn))
		}
	}
	return all
}

// parts returns a turn with pictures.
func parts(turn string, q Question, d dialect) []openai.ChatCompletionContentPartUnionParam {
	all := []openai.ChatCompletionContentPartUnionParam{openai.TextContentPart(turn)}
	for _, picture := range q.Pictures {
		address := "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(shrunk(picture, d.shrink))
		all = append(all, openai.ImageContentPart(
			openai.ChatCompletionContentPartImageImageURLParam{URL: address}))
	}
	if strings.TrimSpace(q.Tail) != "" {
		all = append(all, openai.TextContentPart(q.Tail))
	}
	return all
}

// Bounds of a picture that is halved.
const (
	mostPixels = 16 << 20
	leastSide  = 64
	quality    = 85 // of the JPEG
)

// shrunk returns a JPEG whose sides are halved n times. A picture that cannot be decoded, or is
// small, stays as it is.
func shrunk(picture []byte, n int) []byte {
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	width, height := size.Width>>n, size.Height>>n
	if n == 0 || err != nil || size.Width > mostPixels/max(1, size.Height) || min(width, height) < leastSide {
		return picture
	}
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return picture
	}
	return encoded(pipeline.Scaled(img, width, height), picture)
}

// encoded returns an image as JPEG, or another picture if that fails.
func encoded(img image.Image, other []byte) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return other
	}
	return b.Bytes()
}
