package app

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"manifold/packager"
	"manifold/packager/asset"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// Inspection is what inspect prints of one asset. Its shape is stable: fields
// may be added.
type Inspection struct {
	Asset    string            `json:"asset"`
	Tracks   []InspectionTrack `json:"tracks"`
	Findings []fault.Finding   `json:"findings"`

	// Err is why the asset cannot be served, nil when it can.
	Err error `json:"-"`
}

// InspectionTrack describes a track. Fields that do not apply are left out.
type InspectionTrack struct {
	Name            string  `json:"name"`
	Type            string  `json:"type"`
	File            string  `json:"file"`
	TrackID         uint32  `json:"trackId"`
	FourCC          string  `json:"fourCC"`
	Codecs          string  `json:"codecs"`
	Bitrate         int     `json:"bitrate"`        // bit/s, as in URLs
	AverageBitrate  int     `json:"averageBitrate"` // bit/s, measured
	PeakBitrate     int     `json:"peakBitrate"`    // bit/s, of a fragment
	Language        string  `json:"language,omitempty"`
	Timescale       uint32  `json:"timescale"`
	StartSeconds    float64 `json:"startSeconds"` // of the first sample that is presented
	DurationSeconds float64 `json:"durationSeconds"`
	Samples         int     `json:"samples"`
	Fragments       int     `json:"fragments"`
	Width           int     `json:"width,omitempty"`
	Height          int     `json:"height,omitempty"`
	FrameRate       float64 `json:"frameRate,omitempty"`
	SamplingRate    int     `json:"samplingRate,omitempty"`
	Channels        int     `json:"channels,omitempty"`
	Cues            int     `json:"cues,omitempty"`
	// Captions in the pictures: "CC1", "SERVICE1".
	Captions []string `json:"captions,omitempty"`
	Hidden   bool     `json:"hidden,omitempty"` // no manifest lists it
}

// Inspect describes an asset of the engine.
func Inspect(ctx context.Context, engine *packager.Engine, e packager.Entry) (*Inspection, error) {
	a, err := engine.Asset(ctx, e.Locator.ID)
	if err != nil {
		return nil, err
	}
	i := &Inspection{Asset: e.Name, Tracks: []InspectionTrack{}, Findings: append([]fault.Finding{}, a.Findings...), Err: a.Err}
	for _, g := range groups(a) {
		for _, t := range g.Tracks {
			i.Tracks = append(i.Tracks, inspectTrack(g, t))
		}
	}
	return i, nil
}

func groups(a *asset.Asset) []*media.Group {
	if a.Presentation == nil {
		return nil
	}
	return a.Presentation.Groups
}

func inspectTrack(g *media.Group, t *media.Track) InspectionTrack {
	first, last := int(t.First[0]), int(t.First[len(t.First)-1])
	seconds := func(units int64) float64 { return float64(units) / float64(t.Timescale) }
	out := InspectionTrack{
		Name: g.Name, Type: g.Kind.String(), File: t.File, TrackID: t.TrackID, FourCC: t.Codec.FourCC, Codecs: t.Codec.String,
		Bitrate: t.Bitrate, AverageBitrate: t.Average, PeakBitrate: g.Peak(t, 1), Language: t.Language, Timescale: t.Timescale,
		StartSeconds:    float64(t.Ticks(first)) / media.TicksPerSecond,
		DurationSeconds: seconds(t.Samples.Decode(last) - t.Samples.Decode(first)),
		Samples:         last - first, Fragments: g.Fragments(),
		Width: t.Codec.Width, Height: t.Codec.Height, SamplingRate: t.Codec.SamplingRate, Channels: t.Codec.Channels, Cues: len(t.Cues), Captions: t.Captions, Hidden: t.Hidden,
	}
	if r := t.Codec.FrameRate; r[1] != 0 {
		out.FrameRate = float64(r[0]) / float64(r[1])
	}
	return out
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// WriteText writes the inspection for people.
func (i *Inspection) WriteText(w io.Writer) {
	fmt.Fprintf(w, "%s\n", i.Asset)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, k := range i.Tracks {
		size := fmt.Sprintf("%d×%d", k.Width, k.Height)
		switch k.Type {
		case media.Audio.String():
			size = fmt.Sprintf("%d Hz, %d ch", k.SamplingRate, k.Channels)
		case media.Text.String():
			size = counted(k.Cues, "cue")
		}
		language := k.Language
		if language == "" {
			language = "-"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\t%.3f s\t%s\t%s track %d\n",
			k.Type, k.Name, k.Codecs, size, language, rate(k.Bitrate), k.DurationSeconds, counted(k.Fragments, "fragment"), k.File, k.TrackID)
	}
	t.Flush()
	for _, f := range i.Findings {
		fmt.Fprintf(w, "  %s\n", findingText(f))
	}
}
