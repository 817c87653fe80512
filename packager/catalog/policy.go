package catalog

import (
	"strings"

	"manifold/packager/fault"
)

// Policy says what a locator allows (a streaming policy of Azure Media Services).
type Policy struct {
	Name     string
	Download bool // progressive download of the source files
	// Clear lists the protocols that are served without encryption, as
	// format.Row.Protocol names them.
	Clear []string
	// Mutable says that the files behind the locator are expected to change:
	// answers have to be asked for again every time.
	Mutable bool
	// Incomplete says that Smooth Streaming may lack audio or video.
	Incomplete bool
}

var everyProtocol = []string{"Hls", "Dash", "SmoothStreaming"}

// policies are the built-in ones. The first is the default.
var policies = []Policy{
	{Name: "Workbench", Download: true, Clear: everyProtocol, Mutable: true, Incomplete: true},
	{Name: "Predefined_DownloadOnly", Download: true},
	{Name: "Predefined_ClearStreamingOnly", Clear: everyProtocol},
	{Name: "Predefined_DownloadAndClearStreaming", Download: true, Clear: everyProtocol},
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

// Allows returns nil when the policy serves a protocol in an encryption (""
// is clear), else why not.
func (p Policy) Allows(protocol, encryption string) error {
	if encryption != "" {
		return fault.New(fault.EncryptionNotInPolicy, "encryption="+encryption, "the streaming policy "+p.Name+" has no such encryption", "Leave encryption= out.")
	}
	for _, c := range p.Clear {
		if c == protocol {
			return nil
		}
	}
	return fault.New(fault.OutputFormatBlocked, "", "the streaming policy "+p.Name+" does not enable "+protocol, p.alternatives())
}

// AllowsDownload returns nil when source files may be downloaded.
func (p Policy) AllowsDownload() error {
	if p.Download {
		return nil
	}
	return fault.New(fault.OutputFormatBlocked, "", "the streaming policy "+p.Name+" does not enable downloads", p.alternatives())
}

func (p Policy) alternatives() string {
	var have []string
	if p.Download {
		have = append(have, "download")
	}
	have = append(have, p.Clear...)
	return "It enables " + strings.Join(have, ", ") + "."
}
