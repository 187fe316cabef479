package detect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// coco are the 80 classes of COCO, in the order that nearly all networks use.
var coco = strings.Split("person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,"+
	"fire hydrant,stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,"+
	"backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,"+
	"baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,"+
	"apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,"+
	"dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,"+
	"refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush", ",")

// Bounds of class names.
const (
	maxClasses   = 2000
	maxClassName = 64 // bytes
	maxClassFile = 1 << 18
)

// ReadClasses reads a file of class names: one per line, the first is class 0. A line without text
// at the end is no class.
func ReadClasses(name string) ([]string, error) {
	b, err := readFile(name, maxClassFile)
	if err != nil {
		return nil, err
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	classes, err := checkClasses(strings.Split(strings.TrimRight(string(b), "\r\n \t"), "\n"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return classes, nil
}

// checkClasses returns class names in their usual form, or an error if one is unfit.
func checkClasses(names []string) ([]string, error) {
	if len(names) > maxClasses {
		return nil, fmt.Errorf("%d classes; at most %d are possible", len(names), maxClasses)
	}
	classes := make([]string, len(names))
	for i, n := range names {
		n = strings.ToLower(strings.Join(strings.Fields(n), " "))
		if n == "" || len(n) > maxClassName || !utf8.ValidString(n) || strings.ContainsFunc(n, isHidden) {
			return nil, fmt.Errorf("class %d has no name of 1 to %d bytes", i, maxClassName)
		}
		classes[i] = n
	}
	return classes, nil
}

// isHidden reports whether a letter is a control character or one that turns or hides text.
func isHidden(r rune) bool { return !unicode.IsPrint(r) }

// metadataClasses returns the class names in a model's metadata, or nil.
func metadataClasses(metadata map[string]string) []string {
	for _, key := range []string{"names", "classes", "class_names", "labels", "id2label"} {
		if classes, err := checkClasses(parseClasses(metadata[key])); err == nil && len(classes) > 0 {
			return classes
		}
	}
	return nil
}

// numbered matches an entry of a map from numbers to names, as Python or JSON writes it.
var numbered = regexp.MustCompile(`["']?(\d+)["']?\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")`)

// parseClasses reads class names from text: a map from numbers to names, a list, or names between
// commas or lines. It returns nil if the numbers do not begin at 0 or have gaps.
func parseClasses(text string) []string {
	text = strings.TrimSpace(text)
	var list []string
	switch {
	case text == "" || len(text) > maxClassFile:
		return nil
	case strings.HasPrefix(text, "{"):
		found := numbered.FindAllStringSubmatch(text, maxClasses+1)
		list = make([]string, len(found))
		for _, f := range found {
			n, err := strconv.Atoi(f[1])
			if err != nil || n >= len(list) || list[n] != "" {
				return nil
			}
			list[n] = strings.NewReplacer(`\'`, `'`, `\"`, `"`, `\\`, `\`).Replace(f[2] + f[3])
		}
	case strings.HasPrefix(text, "["):
		if json.Unmarshal([]byte(text), &list) != nil &&
			json.Unmarshal([]byte(strings.ReplaceAll(text, "'", `"`)), &list) != nil {
			return nil
		}
	case strings.Contains(text, "\n"):
		list = strings.Split(text, "\n")
	default:
		list = strings.Split(text, ",")
	}
	return list
}

// readFile reads a regular file that has at most limit bytes.
func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name) // to open a pipe may last for ever
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f, name, info.Size(), limit)
}

// readAll reads a file of a size that may grow meanwhile.
func readAll(f io.Reader, name string, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, fmt.Errorf("%s has %d bytes; at most %d are possible", name, size, limit)
	}
	b := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, err := b.ReadFrom(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, err
	case int64(b.Len()) > limit:
		return nil, fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return b.Bytes(), nil
}
