package workbench

import "fmt"

// Sentence is something that the program says. Its format, in English, is the
// key of its translations. Arguments are names, numbers, what the engine says
// of an error, which stays as clients get it, and other sentences.
type Sentence struct {
	Format string // of package fmt
	Args   []any
}

// verbatim is a text that has no translation.
func verbatim(text string) Sentence { return Sentence{"%s", []any{text}} }

// In writes the sentence with what translate makes of its formats.
func (s Sentence) In(translate func(format string) string) string {
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		if inner, ok := a.(Sentence); ok {
			a = inner.In(translate)
		}
		args[i] = a
	}
	return fmt.Sprintf(translate(s.Format), args...)
}

// String writes the sentence in English.
func (s Sentence) String() string { return s.In(func(format string) string { return format }) }
