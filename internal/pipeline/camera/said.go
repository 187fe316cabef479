package camera

import (
	"regexp"

	"bis/internal/briefing"
	"bis/internal/pipeline"
)

// Refusals that some makes write into an answer with status 200.
var (
	busyPattern  = regexp.MustCompile(`(?i)\bbusy\b|max(imum)? sessions?\b|too many (users|clients|connections|sessions)`)
	unauthorized = regexp.MustCompile(`(?i)not authori[sz]ed|unauthori[sz]ed`)
	fieldPattern = regexp.MustCompile(`(?i)type\s*=\s*["']?password`)
	// foscamPattern matches the code of Foscam, and synologyPattern that of Surveillance Station.
	foscamPattern   = regexp.MustCompile(`(?i)<CGI_Result>\s*<result>\s*(-[23])\s*</result>`)
	synologyPattern = regexp.MustCompile(`"code"\s*:\s*(105|106|107|119)\b[^{]*"success"\s*:\s*false`)
)

// saidInText returns the trouble that a text of a camera is about, or nil. A long text is none.
func saidInText(text []byte, src briefing.Source) *pipeline.Trouble {
	if len(text) > maxRemark {
		return nil
	}
	if busyPattern.Match(text) {
		return refused(briefing.TroubleBusy, "its text says that it is busy")
	}
	code := ""
	for _, pattern := range []*regexp.Regexp{foscamPattern, synologyPattern} {
		if m := pattern.FindSubmatch(text); m != nil {
			code = string(m[1])
		}
	}
	switch code {
	case "":
		return nil
	case "-3", "105":
		return refused(briefing.TroubleDenied, "its text has the code %s", code)
	}
	return refused(loginReason(src), "its text has the code %s", code)
}
