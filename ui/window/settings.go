package window

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"
)

// Choices of the settings, as the file writes them, in the order they are offered.
var (
	themeChoices   = []string{"system", "light", "dark"}
	densityChoices = []string{"compact", "comfortable"}
)

// maxFragmentSeconds bounds the merging of GOPs, as the settings do.
const maxFragmentSeconds = 60

// showSettings asks for the settings, once it is known which policies there are.
func (w *Window) showSettings() {
	w.bench.PolicyNames(func(streaming, keys []string) {
		w.schedule(func() { w.askSettings(streaming, keys) })
	})
}

func (w *Window) askSettings(streaming, keys []string) {
	s := w.state.Settings
	policy := choice(streaming, streaming, s.Policy)
	keys = append([]string{""}, keys...)
	keyPolicy := choice(keys, append([]string{L("Everybody")}, keys[1:]...), s.KeyPolicy)
	themes := choice(themeChoices, []string{L("As the system"), L("Light"), L("Dark")}, s.Theme)
	densities := choice(densityChoices, []string{L("Compact"), L("Comfortable")}, s.Density)
	address := w.newEntry(s.Address, "127.0.0.1:8080")
	address.Validator = validAddress
	data := w.newEntry(s.Data, w.bench.Home())
	data.Validator = validDirectory
	fragment := w.newEntry(strconv.Itoa(s.FragmentSeconds), "0")
	fragment.Validator = validSeconds
	extended := widget.NewCheck(L("AV1, VP9, Opus, FLAC, AC-3 and AC-4, too"), nil)
	extended.SetChecked(s.ExtendedCodecs)
	items := []*widget.FormItem{
		{Text: L("Theme"), Widget: themes},
		{Text: L("Density"), Widget: densities},
		{Text: L("Address"), Widget: address, HintText: L("Where the server listens. 127.0.0.1 is this machine alone; 0.0.0.0 shares with the network.")},
		{Text: L("Data directory"), Widget: data, HintText: L("Where locators are kept; empty for the usual place. Another one gives other URLs.")},
		{Text: L("Fragment seconds"), Widget: fragment, HintText: L("Merges whole GOPs up to so many seconds; 0 leaves one GOP a fragment.")},
		{Text: L("Streaming policy"), Widget: policy, HintText: L("What the default locators serve. Server ▸ Locators and policies has your own.")},
		{Text: L("Content keys for"), Widget: keyPolicy, HintText: L("Who gets content keys from this server.")},
		{Text: L("Extended codecs"), Widget: extended, HintText: L("In HLS CMAF and DASH, where their standards have a place for them.")},
	}
	w.present(dialog.NewForm(L("Settings"), L("Apply"), L("Cancel"), items, func(ok bool) {
		if !ok {
			return
		}
		next := w.state.Settings
		next.Theme, next.Density = themeChoices[themes.SelectedIndex()], densityChoices[densities.SelectedIndex()]
		next.Address, next.Data = address.Text, data.Text
		next.FragmentSeconds, _ = strconv.Atoi(fragment.Text) // the validator saw it
		next.ExtendedCodecs = extended.Checked
		next.Policy, next.KeyPolicy = streaming[policy.SelectedIndex()], keys[keyPolicy.SelectedIndex()]
		if policy.SelectedIndex() == 0 { // the default
			next.Policy = ""
		}
		w.bench.ApplySettings(next)
	}, w.win), fyne.NewSize(640, 520))
}

// choice is a list of words for values.
func choice(values, words []string, now string) *widget.Select {
	s := widget.NewSelect(words, nil)
	s.SetSelectedIndex(0)
	for i, v := range values {
		if v == now {
			s.SetSelectedIndex(i)
		}
	}
	return s
}

func validAddress(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return errors.New(L("Write an address and a port, as in 127.0.0.1:8080."))
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New(L("The port is a number up to 65535."))
	}
	return nil
}

func validDirectory(text string) error {
	if text != "" && !filepath.IsAbs(text) {
		return errors.New(L("Write the whole path of a folder."))
	}
	return nil
}

func validSeconds(text string) error {
	if n, err := strconv.Atoi(text); err != nil || n < 0 || n > maxFragmentSeconds {
		return fmt.Errorf(L("Write a number from 0 to %d."), maxFragmentSeconds)
	}
	return nil
}
