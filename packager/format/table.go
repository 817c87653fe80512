package format

import (
	"slices"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/manifest/dash"
	"manifold/packager/manifest/hls"
	"manifold/packager/manifest/smooth"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/mux/cmaf"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Render appends a manifest. x says how the presentation is protected, nil when
// it is not.
type Render func(dst []byte, p *media.Presentation, r *media.Request, x *protect.Protection) ([]byte, error)

// Segment plans a segment; it returns the kind of media in it, too.
type Segment func(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, media.Kind, error)

// Row is what is known of one output format.
type Row struct {
	Format   media.Format
	Words    string // "HLS V4"
	Protocol string // HLS, DASH or SmoothStreaming
	Muxed    bool   // segments of video have sound, too

	// Carries says why the format has no place for a codec; nil: it takes all.
	Carries func(*media.Codec) error
	// Protects says how the format can be encrypted, and Sealed why a codec is not
	// encrypted in its samples there.
	Protects []protect.Scheme
	Sealed   func(*media.Codec, protect.Scheme) error

	Manifest     Render // master playlist, MPD or client manifest
	ManifestType string // its media type
	Level        Render // HLS media playlist; nil elsewhere
	Init         Segment
	Fragment     Segment
	KeyFrame     Segment   // nil where the format has no I-frame playlist
	Media        [3]string // media types of video (or muxed), audio and text segments

	// Revision is raised whenever the same request gives other bytes than
	// before: it is part of every ETag.
	Revision int
}

// The protocols, as listPaths names them.
const (
	HLS             = "Hls"
	DASH            = "Dash"
	SmoothStreaming = "SmoothStreaming"
)

const (
	playlistType = "application/vnd.apple.mpegurl"
	mpdType      = "application/dash+xml"
	smoothType   = "text/xml"
)

var (
	tsTypes  = [3]string{"video/MP2T", "video/MP2T", "text/vtt"}
	mp4Types = [3]string{"video/mp4", "audio/mp4", "application/mp4"}
)

// What formats can be encrypted with. CSF had no CBCS; CMAF has it for HLS, and
// the same segments serve DASH.
var (
	tsSchemes     = []protect.Scheme{protect.Envelope, protect.CBCS}
	cmafSchemes   = []protect.Scheme{protect.Envelope, protect.CENC, protect.CBCS}
	csfSchemes    = []protect.Scheme{protect.Envelope, protect.CENC}
	smoothSchemes = []protect.Scheme{protect.Envelope, protect.CENC, protect.PIFF}
)

// Table holds all formats in the order in which they are listed.
var Table = []Row{
	{
		Format: media.HLSV4, Words: "HLS V4", Protocol: HLS, Revision: 3, Carries: inTransportStream, Protects: tsSchemes, Sealed: sealedInTransportStream,
		Manifest: hls.Master, Level: hls.Media, ManifestType: playlistType,
		Fragment: tsSegment, KeyFrame: tsKeyFrame, Media: tsTypes,
	},
	{
		Format: media.HLSV3, Words: "HLS V3", Protocol: HLS, Muxed: true, Revision: 2, Carries: inTransportStream, Protects: tsSchemes, Sealed: sealedInTransportStream,
		Manifest: hls.Master, Level: hls.Media, ManifestType: playlistType,
		Fragment: tsMuxed, Media: tsTypes,
	},
	{
		Format: media.HLSCMAF, Words: "HLS CMAF", Protocol: HLS, Revision: 2, Protects: cmafSchemes, Sealed: protect.Supports,
		Manifest: hls.Master, Level: hls.Media, ManifestType: playlistType,
		Init: initOf(cmaf.CMAF), Fragment: fragmentOf(cmaf.CMAF), KeyFrame: keyFrameOf(cmaf.CMAF), Media: mp4Types,
	},
	{
		Format: media.DASHCSF, Words: "DASH CSF", Protocol: DASH, Revision: 2, Protects: csfSchemes, Sealed: protect.Supports,
		Manifest: dash.MPD, ManifestType: mpdType,
		Init: initOf(cmaf.CSF), Fragment: fragmentOf(cmaf.CSF), Media: mp4Types,
	},
	{
		Format: media.DASHCMAF, Words: "DASH CMAF", Protocol: DASH, Revision: 2, Protects: cmafSchemes, Sealed: protect.Supports,
		Manifest: dash.MPD, ManifestType: mpdType,
		Init: initOf(cmaf.CMAF), Fragment: fragmentOf(cmaf.CMAF), Media: mp4Types,
	},
	{
		Format: media.Smooth, Words: "Smooth 2.2", Protocol: SmoothStreaming, Revision: 2, Carries: inSmooth, Protects: smoothSchemes, Sealed: protect.Supports,
		Manifest: smooth.Manifest, ManifestType: smoothType,
		Fragment: fragmentOf(cmaf.Smooth), Media: mp4Types,
	},
	{
		Format: media.Smooth20, Words: "Smooth 2.0", Protocol: SmoothStreaming, Revision: 2, Carries: inSmooth, Protects: smoothSchemes, Sealed: protect.Supports,
		Manifest: smooth.Manifest, ManifestType: smoothType,
		Fragment: fragmentOf(cmaf.Smooth), Media: mp4Types,
	},
}

// Of returns the row of a format.
func Of(f media.Format) (*Row, error) {
	for i := range Table {
		if Table[i].Format == f {
			return &Table[i], nil
		}
	}
	var all []string
	for i := range Table {
		all = append(all, string(Table[i].Format))
	}
	return nil, fault.New(fault.BadURLSyntax, "format="+string(f), "there is no such format", "Formats are "+strings.Join(all, ", ")+".")
}

// Text renders a manifest or playlist.
func (row *Row) Text(p *media.Presentation, r *media.Request, x *protect.Protection) ([]byte, error) {
	render := row.Manifest
	if r.Target == media.Level {
		render = row.Level
	}
	if render == nil {
		return nil, row.lacks("media playlists")
	}
	return render(nil, p, r, x)
}

// Body plans an init segment, a media segment or a key frame. It returns the
// media type, too.
func (row *Row) Body(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, string, error) {
	var plan Segment
	what := "media segments"
	switch r.Target {
	case media.Init:
		plan, what = row.Init, "initialization segments"
	case media.Fragment:
		plan = row.Fragment
	case media.KeyFrame:
		plan, what = row.KeyFrame, "key frame segments"
	}
	if plan == nil {
		return nil, "", row.lacks(what)
	}
	b, kind, err := plan(p, r, x)
	if err != nil {
		return nil, "", err
	}
	return b, row.Media[kind], nil
}

// Next returns the time of the media segment that follows the one that a request
// asks for; 0 when none does.
func (row *Row) Next(p *media.Presentation, r *media.Request) int64 {
	if r.Target != media.Fragment {
		return 0
	}
	g, _, err := route.Track(p, r)
	if err != nil {
		return 0
	}
	per := 1
	if row.Media == tsTypes {
		per = g.PerSegment
	}
	k, err := route.Fragment(g, r, per)
	if err != nil || k+per >= g.Fragments() {
		return 0
	}
	return g.Times[k+per]
}

// IsCMAF says whether the segments are CMAF.
func (row *Row) IsCMAF() bool { return row.Format == media.HLSCMAF || row.Format == media.DASHCMAF }

// Protect returns nil when the format can be encrypted with a scheme, else why
// not.
func (row *Row) Protect(s protect.Scheme) error {
	if s == "" || slices.Contains(row.Protects, s) {
		return nil
	}
	can := ""
	for i, p := range row.Protects {
		switch {
		case i > 0 && i == len(row.Protects)-1:
			can += " or "
		case i > 0:
			can += ", "
		}
		can += p.Words() + " (" + string(p) + ")"
	}
	return fault.New(fault.EncryptionNotSupported, "encryption="+string(s), row.Words+" has no "+s.Words(), "It can carry "+can+".")
}

func (row *Row) lacks(what string) error {
	return fault.New(fault.BadURLSyntax, "format="+string(row.Format), row.Words+" has no "+what, "Take the URLs from the manifest.")
}
