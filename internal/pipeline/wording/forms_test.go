package wording_test

import (
	"testing"

	"bis/internal/briefing"
	"bis/internal/pipeline/wording"
)

const form = briefing.NoteOtherForm

// formCases are style lines with the code of their note without a model. With a model there is no
// NOT_UNDERSTOOD.
var formCases = []struct{ line, want string }{
	// Tables, lists, pictures and layout.
	{"표로 그려줘", form},
	{"표 형식으로 정리해줘", form},
	{"비교표를 만들어줘", form},
	{"그래프로 보여줘", form},
	{"목록으로 써줘", form},
	{"번호 매겨서 써줘", form},
	{"마크다운으로", form},
	{"굵은 글씨로", form},
	{"빨간색 글씨로 써줘", form},
	{"링크도 붙여줘", form},
	{"사진도 첨부해줘", form},
	{"그림으로 그려줘", form},
	{"음성으로 읽어줘", form},
	{"JSON으로 답해줘", form},
	{"draw a table", form},
	{"in a table, please", form},
	{"as a bulleted list", form},
	{"Use bullet points", form},
	{"make a bar chart", form},
	{"write it in markdown", form},
	{"use bold text", form},
	{"attach a photo", form},
	{"answer in JSON", form},
	{"ASCII art please", form},
	// Many emoji.
	{"이모지 많이 써줘", form},
	{"이모지를 잔뜩 넣어줘", form},
	{"이모티콘 듬뿍", form},
	{"이모지 세 개씩 붙여줘", form},
	{"이모지 10개", form},
	{"여러 이모지로 꾸며줘", form},
	{"lots of emoji", form},
	{"use many emojis", form},
	{"three emojis at the end", form},
	{"Emoji everywhere!", form},
	{"with a lot of cute emojis", form},
	// Long texts.
	{"100자 이상으로 길게", form},
	{"200글자 정도로 써줘", form},
	{"백 자 넘게", form},
	{"다섯 문장으로 써줘", form},
	{"세 문단으로", form},
	{"한 페이지로 써줘", form},
	{"at least 100 characters", form},
	{"write 200 words", form},
	{"in five sentences", form},
	{"two paragraphs, please", form},
	{"Write an essay", form},
	{"테이블로 그려줘", form},
	{"장문으로", form},
	{"🎉🎉 많이", form},
	{"tons of 🔥", form},
	{"as many emojis as possible", form},
	{"100+ characters", form},
	{"tabulate it", form},
	// Left out, as built-in lines do.
	{"이모지 많이 쓰지 마", nothing},
	{"이모지는 쓰지 마세요", nothing},
	{"이모티콘 없이", nothing},
	{"no emoji", nothing},
	{"이모지 쓰면 안 돼", nothing},
	{"표를 그리면 안 돼", nothing},
	{"날씨를 말하면 안 돼", nothing},
	{"일본어는 안 돼", nothing},
	{"날씨를 빼면 안 돼", measure},
	{"don't use emojis", nothing},
	{"표는 쓰지 마", nothing},
	{"no tables", nothing},
	{"don't use bullet points", nothing},
	{"never in a table", nothing},
	// Lengths with room.
	{"50자 이내로", unknown},
	{"100자 이하로", unknown},
	{"최대 200자", unknown},
	{"100자를 넘지 않게 짧게", nothing},
	{"두 문장으로", unknown},
	{"at most 100 characters", unknown},
	{"under 200 words", unknown},
	{"100 words or less", unknown},
	{"길게 말해줘", nothing},
	// Other words.
	{"표준어로 말해줘", unknown},
	{"이모지 하나 붙여줘", unknown},
	{"얼굴 이모지 붙여줘", unknown},
	{"add an emoji", unknown},
	{"밝은 표정으로 말해줘", unknown},
	{"대표님이라고 불러줘", unknown},
	{"목표를 응원해줘", unknown},
	{"be bold", unknown},
	{"이모처럼 많이 챙겨줘", unknown},
	{"like a chart show host", unknown},
	{"여자 음성처럼", unknown},
}

func TestNotes_on_forms(t *testing.T) {
	t.Parallel()
	for _, c := range formCases {
		if got := codes(wording.Notes([]string{c.line}, false)); got != c.want {
			t.Errorf("Notes(%q) without a model = %q, want %q", c.line, got, c.want)
		}
		want := c.want
		if want == unknown {
			want = nothing
		}
		if got := codes(wording.Notes([]string{c.line}, true)); got != want {
			t.Errorf("Notes(%q) with a model = %q, want %q", c.line, got, want)
		}
	}
	if got := codes(wording.Notes([]string{"날씨를 표로 그려줘"}, true)); got != measure+" "+form {
		t.Errorf("two notes: %q", got)
	}
}
