package workbench

import (
	"strings"
	"testing"

	"manifold/packager/catalog"
	"manifold/packager/fault"
)

// answered waits for what a function is told.
func answered[T any](b *bench, ask func(then func(T))) T {
	b.t.Helper()
	c := make(chan T, 1)
	ask(func(v T) { c <- v })
	return <-c
}

type outcome[T any] struct {
	value T
	err   error
}

func (b *bench) documents() []catalog.Document {
	b.t.Helper()
	o := answered(b, func(then func(outcome[[]catalog.Document])) {
		b.Documents(func(list []catalog.Document, err error) { then(outcome[[]catalog.Document]{list, err}) })
	})
	if o.err != nil {
		b.t.Fatal(o.err)
	}
	return o.value
}

func (b *bench) keep(d catalog.Document) error {
	return answered(b, func(then func(error)) { b.KeepDocument(d, then) })
}

// What a new document begins with can be saved as it is, and does what it says.
func TestDocumentsBeginWithWhatCanBeSaved(t *testing.T) {
	b := start(t, t.TempDir())
	b.Open(sample(t))
	s := b.until("the sample is read", func(s State) bool { return s.Chosen() != nil && s.Chosen().Read != nil && len(s.Jobs) == 0 })
	if list := b.documents(); len(list) != 1 || list[0].Kind != catalog.Settings {
		t.Fatalf("%+v", list)
	}
	for _, k := range []catalog.Kind{catalog.KeyPolicies, catalog.Policies, catalog.Locators} {
		if err := b.keep(s.NewDocument(k)); err != nil {
			t.Errorf("%s: %v", k, err)
		}
	}
	list := b.documents()
	if len(list) != 4 || list[0].Kind != catalog.Locators || list[0].Fault != nil || !strings.Contains(string(list[0].Text), "streamingLocatorId") {
		t.Errorf("%+v", list)
	}
	b.until("the asset has the locator", func(s State) bool {
		o := s.Chosen().Others
		return len(o) == 1 && o[0].Locator.Name == "locator" && o[0].Locator.Policy.Name == "Predefined_ClearStreamingOnly"
	})
	bad := list[1]
	bad.Text = []byte("{\n\"policy\": 1}")
	if err := b.keep(bad); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a bad policy: %v", err)
	}
	token := answered(b, func(then func(outcome[string])) {
		b.TestToken("viewers", func(token string, err error) { then(outcome[string]{token, err}) })
	})
	if token.err != nil || strings.Count(token.value, ".") != 2 {
		t.Errorf("the token is %q, %v", token.value, token.err)
	}
	names := answered(b, func(then func([2][]string)) {
		b.PolicyNames(func(streaming, keys []string) { then([2][]string{streaming, keys}) })
	})
	if n := names[0]; n[0] != "Workbench" || n[len(n)-1] != "policy" || names[1][0] != "viewers" {
		t.Errorf("%v", names)
	}
	if err := answered(b, func(then func(error)) { b.DeleteDocument(list[0], then) }); err != nil {
		t.Error(err)
	}
	if err := answered(b, func(then func(error)) { b.DeleteDocument(list[0], then) }); fault.As(err).Code != fault.ResourceNotFound {
		t.Errorf("deleted twice: %v", err)
	}

	// the policy of the settings is that of the locators, from the next start, too
	settings := b.State().Settings
	settings.Policy, settings.KeyPolicy = "policy", "viewers"
	b.ApplySettings(settings)
	b.until("the policy is in force", func(s State) bool {
		return s.Chosen() != nil && s.Chosen().Read != nil && s.Chosen().Locator.Policy.Name == "policy" && len(s.Jobs) == 0
	})
}

// A policy that is gone does not keep the window from opening.
func TestSettingsNameAPolicyThatIsGone(t *testing.T) {
	home := t.TempDir()
	b := start(t, home)
	settings := b.State().Settings
	settings.Policy = "nowhere"
	b.ApplySettings(settings)
	b.told(fault.Severe, "nowhere")
	b.until("the setting is as before", func(s State) bool { return s.Settings.Policy == "" })
	b.Dispatch(SetSettings{settings})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, home)
	if s := again.State(); s.Settings.Policy != "" || !strings.Contains(s.Notice.String(), "nowhere") {
		t.Errorf("policy %q, notice %q", s.Settings.Policy, s.Notice.String())
	}
}
