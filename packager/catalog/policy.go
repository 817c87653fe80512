package catalog

import (
	"cmp"
	"slices"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

// Policy says what a locator allows (a streaming policy of Azure Media Services).
type Policy struct {
	Name     string
	Download bool // progressive download of the source files
	// Clear lists the protocols that are served without encryption, as
	// format.Row.Protocol names them.
	Clear []string
	// Encryptions are those that are served.
	Encryptions []Encryption
	// Mutable says that the files behind the locator are expected to change:
	// answers have to be asked for again every time.
	Mutable bool
	// KeyPolicy says who gets keys whose locator does not say it; "" leaves it to
	// the server.
	KeyPolicy string
	// Incomplete says that Smooth Streaming may lack audio or video.
	Incomplete bool
}

// Encryption is one encryption of a policy.
type Encryption struct {
	Scheme    protect.Scheme // CENC stands for PIFF, too
	Protocols []string
	Split     protect.Split
	KeyPolicy string          // who gets its keys, whatever the locator says; "" leaves it to that
	Systems   protect.Systems // that players are told about
	// KeyPolicies say by label who gets keys that keyToTrackMappings give.
	KeyPolicies map[string]string
}

// Gives says who gets the key of a label, whatever the locator says; "" leaves it
// to that.
func (e *Encryption) Gives(label string) string {
	return cmp.Or(e.KeyPolicies[label], e.KeyPolicy)
}

const (
	hls    = "Hls"
	dash   = "Dash"
	smooth = "SmoothStreaming"
)

var everyProtocol = []string{hls, dash, smooth}

// Systems that players are told about. Licence servers are the user's: none is
// named.
var (
	everySystem = protect.Systems{PlayReady: &protect.System{}, Widevine: &protect.System{}, FairPlay: &protect.System{}, ClearKey: &protect.System{}}
	cencSystems = protect.Systems{PlayReady: &protect.System{}, Widevine: &protect.System{}}
	cbcsSystems = protect.Systems{FairPlay: &protect.System{}}
)

var envelope = Encryption{Scheme: protect.Envelope, Protocols: everyProtocol}

// policies are the built-in ones. The first is the default.
var policies = []Policy{
	{Name: "Workbench", Download: true, Clear: everyProtocol, Mutable: true, Incomplete: true, Encryptions: []Encryption{
		envelope,
		{Scheme: protect.CENC, Protocols: everyProtocol, Systems: everySystem},
		{Scheme: protect.CBCS, Protocols: everyProtocol, Systems: everySystem},
	}},
	{Name: "Predefined_DownloadOnly", Download: true},
	{Name: "Predefined_ClearStreamingOnly", Clear: everyProtocol},
	{Name: "Predefined_DownloadAndClearStreaming", Download: true, Clear: everyProtocol},
	{Name: "Predefined_ClearKey", Encryptions: []Encryption{envelope}},
	{Name: "Predefined_MultiDrmCencStreaming", Encryptions: []Encryption{
		envelope, {Scheme: protect.CENC, Protocols: []string{dash, smooth}, Systems: cencSystems},
	}},
	{Name: "Predefined_MultiDrmStreaming", Encryptions: []Encryption{
		envelope, {Scheme: protect.CENC, Protocols: []string{dash, smooth}, Systems: cencSystems}, {Scheme: protect.CBCS, Protocols: []string{hls}, Systems: cbcsSystems},
	}},
}

// PolicyOf returns a policy by name; "" is Workbench.
func PolicyOf(name string) (Policy, error) {
	if name == "" {
		return policies[0], nil
	}
	var all []string
	for _, p := range policies {
		if strings.EqualFold(p.Name, name) {
			return p, nil
		}
		all = append(all, p.Name)
	}
	return Policy{}, fault.New(fault.ResourceNotFound, name, "there is no such streaming policy", "Policies are "+strings.Join(all, ", ")+".")
}

// Encryption returns what the policy makes of a URL that asks for a protocol in
// a scheme, "" when it names none: the encryption, nil for none. Where only one
// is possible it need not be named, but by CMAF.
func (p *Policy) Encryption(protocol string, cmaf bool, named protect.Scheme) (*Encryption, error) {
	var possible []*Encryption
	for i := range p.Encryptions {
		e := &p.Encryptions[i]
		if !slices.Contains(e.Protocols, protocol) {
			continue
		}
		if named != "" && e.Scheme.Family() == named.Family() {
			return e, nil
		}
		possible = append(possible, e)
	}
	clear := slices.Contains(p.Clear, protocol)
	switch {
	case !clear && len(possible) == 0:
		return nil, fault.New(fault.OutputFormatBlocked, "", "the streaming policy "+p.Name+" does not enable "+protocol, p.alternatives())
	case named != "":
		return nil, fault.New(fault.EncryptionNotInPolicy, "encryption="+string(named), "the streaming policy "+p.Name+" has no such encryption for "+protocol, p.alternatives())
	case clear:
		return nil, nil
	case len(possible) == 1 && !cmaf:
		return possible[0], nil
	}
	return nil, fault.New(fault.EncryptionNotSpecified, "", "the streaming policy "+p.Name+" encrypts "+protocol+", and the URL does not say how", p.alternatives())
}

// Uses says whether the policy encrypts with a key that is kept for a family and
// label.
func (p *Policy) Uses(family, label string) bool {
	return slices.ContainsFunc(p.Encryptions, func(e Encryption) bool {
		of, ok := e.Split.Names(label)
		return e.Scheme.Family() == family && ok && of == label
	})
}

// AllowsDownload returns nil when source files may be downloaded.
func (p *Policy) AllowsDownload() error {
	if p.Download {
		return nil
	}
	return fault.New(fault.OutputFormatBlocked, "", "the streaming policy "+p.Name+" does not enable downloads", p.alternatives())
}

func (p *Policy) alternatives() string {
	var have []string
	if p.Download {
		have = append(have, "download")
	}
	have = append(have, p.Clear...)
	for _, e := range p.Encryptions {
		for _, protocol := range e.Protocols {
			have = append(have, protocol+" with encryption="+string(e.Scheme))
		}
	}
	return "It enables " + strings.Join(have, ", ") + "."
}
