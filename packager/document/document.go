// Package document reads the JSON documents that users write: filters and
// policies. A key that means nothing is refused, as it would silently do
// nothing, and errors speak of the document.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Ignored are the keys of the service's own that mean nothing here.
type Ignored struct {
	ID, Type, ETag, SystemData json.RawMessage
	Context                    json.RawMessage `json:"@odata.context"`
	Metadata                   json.RawMessage `json:"odata.metadata"`
}

// Decode reads the one JSON value of a document. The error says what is wrong;
// where is the line of it.
func Decode(b []byte, v any) (where string, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err = d.Decode(v); err == nil {
		if _, more := d.Token(); more == io.EOF {
			return "", nil
		}
		err = errors.New("something follows it")
	}
	return place(b, d, err), plain(err, reflect.TypeOf(v))
}

// plain says what is wrong with a document for a pointer to a type, without names
// of our program: those of embedded types are no keys.
func plain(err error, of reflect.Type) error {
	if t, ok := err.(*json.UnmarshalTypeError); ok {
		path := strings.TrimPrefix(t.Field, "properties.")
		for _, f := range reflect.VisibleFields(of.Elem()) {
			if f.Anonymous {
				path = strings.TrimPrefix(path, f.Name+".")
			}
		}
		if path == "" {
			path = "it"
		}
		return fmt.Errorf("%s cannot be of JSON type %s", path, t.Value)
	}
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("the key %s means nothing", key)
	}
	return err
}

// place says in which line a document is wrong.
func place(b []byte, d *json.Decoder, err error) string {
	at := d.InputOffset()
	if s, ok := err.(*json.SyntaxError); ok {
		at = s.Offset
	}
	if t, ok := err.(*json.UnmarshalTypeError); ok {
		at = t.Offset
	}
	return fmt.Sprintf("line %d", 1+bytes.Count(b[:min(int(at), len(b))], []byte("\n")))
}
