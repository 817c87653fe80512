package document

import "testing"

func TestDecode(t *testing.T) {
	type details struct {
		Count int `json:"count"`
		List  []struct {
			Name string `json:"name"`
		} `json:"list"`
	}
	for text, want := range map[string]string{
		`{"count":1,"list":[{"name":"a"}],"id":"x","systemData":{}}`: "",
		`{`:                                    "line 1: unexpected EOF",
		"{\n\"count\":\n\"one\"}":              "line 3: count cannot be of JSON type string",
		`{"list":[{"name":true}]}`:             "line 1: list.name cannot be of JSON type bool",
		`{"properties":{"count":"one"}}`:       "line 1: count cannot be of JSON type string",
		`[]`:                                   "line 1: it cannot be of JSON type array",
		"{\"count\":1,\n\"colour\":2}":         `line 2: the key "colour" means nothing`,
		"{\"count\":1,\n\"Count\":2}":          `line 2: the key "Count" stands twice`,
		`{"list":[{"name":"a"},{"name":"b"}]}`: "",
		"{\"list\":[{\"name\":\"a\",\n\"name\":\"b\"}]}": `line 2: the key "name" stands twice`,
		"{\"properties\":{\"count\":1},\n\"list\":[]}":   "properties: there are properties beside it, too",
		`{"properties":null,"count":1}`:                  "",
		`{"properties":{},"apiVersion":"x"}`:             "",
		`null`:                                           "line 1: there is nothing in it",
		`{} {}`:                                          "line 1: something follows it",
		`{"count":1}x`:                                   "line 1: something follows it",
		"{\n\"count\" 1}":                                "line 2: invalid character '1' after object key",
	} {
		var v struct {
			Properties *details `json:"properties"`
			details
			Ignored
		}
		got := ""
		if where, err := Decode([]byte(text), &v); err != nil {
			got = where + ": " + err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
