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

// Ignored are the keys of the service's own, and of the templates by which its
// resources were deployed, that mean nothing here.
type Ignored struct {
	ID, Type, ETag, SystemData json.RawMessage
	APIVersion, DependsOn      json.RawMessage
	Context                    json.RawMessage `json:"@odata.context"`
	Metadata                   json.RawMessage `json:"odata.metadata"`
}

// Twice is the error of a document that says one thing twice.
type Twice string

// Error implements error.
func (t Twice) Error() string { return string(t) }

// Decode reads the one JSON value of a document. The error says what is wrong, and
// is Twice where one thing is said twice; where is the line of it, or the key.
func Decode(b []byte, v any) (where string, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err = d.Decode(v); err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("something follows it")
		} else if d, err = unambiguous(b); err == nil {
			if beside(reflect.ValueOf(v).Elem()) {
				return "properties", Twice("there are properties beside it, too")
			}
			return "", nil
		}
	}
	return place(b, d, err), plain(err, reflect.TypeOf(v))
}

// unambiguous says whether a good document means one thing: one of two equal keys
// would silently do nothing, and so would null. Keys are equal whatever the case of
// their letters. The decoder stands where it is wrong.
func unambiguous(b []byte) (*json.Decoder, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	type level struct {
		keys  map[string]bool // of an object, else nil
		value bool            // a value comes next
	}
	var open []level
	for {
		token, err := d.Token()
		if err == io.EOF {
			return d, nil
		}
		if len(open) == 0 && token == nil {
			return d, errors.New("there is nothing in it")
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && open[n-1].keys != nil {
			top := &open[n-1]
			if top.value = !top.value; top.value {
				key := strings.ToLower(token.(string))
				if top.keys[key] {
					return d, Twice(fmt.Sprintf("the key %q stands twice", token))
				}
				top.keys[key] = true
				continue
			}
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{keys: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		}
	}
}

// beside says whether a resource has properties both under that key, by which alone
// it is read then, and without it.
func beside(v reflect.Value) bool {
	if v.Kind() != reflect.Struct {
		return false
	}
	under := v.FieldByName("Properties")
	if under.Kind() != reflect.Pointer || under.IsNil() {
		return false
	}
	for i := range v.NumField() {
		if f := v.Field(i); v.Type().Field(i).Anonymous && f.Type() == under.Type().Elem() && !f.IsZero() {
			return true
		}
	}
	return false
}

// plain says what is wrong with a document for a pointer to a type, without names
// of our program: those of embedded types are no keys.
func plain(err error, of reflect.Type) error {
	if t, ok := err.(*json.UnmarshalTypeError); ok {
		path := strings.TrimPrefix(t.Field, "properties.")
		if of = of.Elem(); of.Kind() == reflect.Struct {
			for _, f := range reflect.VisibleFields(of) {
				if f.Anonymous {
					path = strings.TrimPrefix(path, f.Name+".")
				}
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
