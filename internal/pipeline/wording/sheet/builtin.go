package sheet

import (
	"embed"
	"encoding/json"
	"sync"
)

// Names of the built-in sheets. Each exists in both languages.
const (
	Polite      = "polite"
	Casual      = "casual"
	Short       = "short"        // polite
	ShortCasual = "short_casual" // casual
	Figures     = "figures"
)

// BuiltInNames are the names of the built-in sheets.
var BuiltInNames = []string{Polite, Casual, Short, ShortCasual, Figures}

//go:embed builtin
var builtinFiles embed.FS

// builtins reads the built-in sheets, by language and name.
var builtins = sync.OnceValue(func() map[[2]string]Sheet {
	all := map[[2]string]Sheet{}
	for language := range Languages {
		for _, name := range BuiltInNames {
			data, err := builtinFiles.ReadFile("builtin/" + language + "_" + name + ".json")
			var s Sheet
			if err == nil {
				err = json.Unmarshal(data, &s)
			}
			if err != nil {
				panic("sheet: built-in " + language + " " + name + ": " + err.Error())
			}
			all[[2]string{language, name}] = s
		}
	}
	return all
})

// BuiltIn returns a built-in sheet: the polite one of the language if there is none of the name,
// and of English if there is none of the language. The sheet is shared; it must not be changed.
func BuiltIn(language, name string) Sheet {
	all := builtins()
	if s, ok := all[[2]string{language, name}]; ok {
		return s
	}
	if s, ok := all[[2]string{language, Polite}]; ok {
		return s
	}
	return all[[2]string{"en", Polite}]
}
