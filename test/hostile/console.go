package hostile

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// console finds the documents in the generated file of the console: one string in each line that
// holds nothing else.
var (
	consoleDocument = regexp.MustCompile(`(?m)^  ("(?:query|mutation|subscription) .*"),$`)
	operationName   = regexp.MustCompile(`^(query|mutation|subscription) (\w+)`)
)

// variablesOf are the variables of the console's operations that need others than usual.
var variablesOf = map[string]string{
	"Start":          `{"input":{"username":"honest","interval":86400,"endTime":"{later}","key":"console"}}`,
	"PreviewStyle":   `{"input":{"username":"{user}","lines":["in English"]}}`,
	"SaveStyle":      `{"input":{"username":"honest","lines":["in English"]}}`,
	"End":            `{"username":"honest","cameraId":null}`,
	"DayBriefings":   `{"username":"{user}","date":"2026-03-01","cameraId":null,"filter":null,"first":200,"after":null}`,
	"Occupancy":      `{"username":"{user}","date":"2026-03-01","cameraId":null}`,
	"DeleteUserData": `{"username":"honest and gone"}`,
	"ReportBriefing": `{"briefingId":"0123456789abcdef01234567","wrong":true,"note":"가"}`,
	"Watched":        `{"requestId":"{request}","last":40}`,
	"SaveCamera":     `{"input":{"username":"honest","name":"문 앞","source":"demo:","masks":[],"keepFrames":"LAST","keepDays":7}}`,
	"PreviewEgress":  `{"input":{"username":"honest","source":"demo:"},"egress":"BLURRED"}`,
	"TestCamera":     `{"input":{"username":"honest","source":"demo:"}}`,
}

// missingOf are the console's operations on a briefing or a camera that does not exist.
var missingOf = map[string]bool{
	"ReportBriefing": true, "DeleteCamera": true, "CreateFrameToken": true, "RevokeFrameToken": true,
}

// usual are the variables of all other operations of the console.
const usual = `{"username":"{user}","requestId":"{request}","id":"0123456789abcdef01234567","cameraId":"0123456789abcdef01234567","date":"2026-03-01",` +
	`"first":200,"last":200,"before":null,"after":null,"cursor":"{cursor}","endTime":"{later}",` +
	`"custom":["in English"],"from":"2026-03-01","to":"2026-03-31","at":"2026-03-01T12:00:00Z"}`

// Console returns the calls that the console makes. documents is its generated file of documents.
func Console(documents string) ([]Case, error) {
	var all []Case
	for _, found := range consoleDocument.FindAllStringSubmatch(documents, -1) {
		var query string
		if err := json.Unmarshal([]byte(found[1]), &query); err != nil {
			return nil, fmt.Errorf("a document of the console: %w", err)
		}
		kind, name := operationName.FindStringSubmatch(query)[1], operationName.FindStringSubmatch(query)[2]
		variables, ok := variablesOf[name]
		if !ok {
			variables = usual
		}
		want := Answered
		if missingOf[name] {
			want = notFound
		}
		c := post("the console's "+name, "", want, query).with(variables).named(name)
		if kind == "subscription" {
			c = c.by(Socket)
		}
		all = append(all, c)
	}
	return all, nil
}
