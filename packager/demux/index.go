package demux

import (
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// maxDuration is the longest that one sample is believed to last, in units of
// its timescale.
const maxDuration = 1 << 31

// index collects the samples of one track: those of the tables in moov, then
// those of the fragments. Decode times count from the first sample.
type index struct {
	f     *file
	trak  box
	where string
	scale int64 // units of the track's timescale in a second

	builder *media.IndexBuilder // nil before the first sample
	count   int64
	bytes   int64
	last    int64    // decode time of the last sample
	end     int64    // and where it ends
	sync    []uint32 // when only some are sync samples
	some    bool

	fragmented
}

// longest returns the longest duration or offset that is believed.
func (x *index) longest() int64 { return media.MaxSeconds * x.scale }

// add appends a sample of a fragment; what the tables of moov have not told of
// the samples before is told now.
func (x *index) add(s media.Sample) error {
	if x.count == maxSamples {
		return x.f.fault(x.trak.path, x.trak.start, "the track has more than %d samples", maxSamples)
	}
	if x.bytes += int64(s.Size); x.bytes > x.f.size {
		return x.overlapping()
	}
	if o := s.Composition - s.Decode; o > x.longest() || -o > x.longest() {
		return x.f.fault(x.trak.path, x.trak.start, "a composition offset of %d units of the timescale is not possible", o)
	}
	if x.builder == nil {
		x.builder = media.NewIndexBuilder(0)
	}
	for x.builder.Offsets() < int(x.count) {
		x.builder.Offset(0)
	}
	if x.count == 0 || s.Position != x.behind || int(x.count)-x.run == media.RunLength {
		x.builder.Run(int(x.count), s.Position)
		x.run = int(x.count)
	}
	x.behind = s.Position + int64(s.Size)
	x.builder.Size(int64(s.Size))
	x.builder.Decode(s.Decode)
	x.builder.Offset(s.Composition - s.Decode)
	if !s.Sync && !x.some {
		x.some, x.sync = true, make([]uint32, x.count, x.count+64)
		for i := range x.sync {
			x.sync[i] = uint32(i)
		}
	}
	if s.Sync && x.some {
		x.sync = append(x.sync, uint32(x.count))
	}
	x.count++
	x.last, x.end = s.Decode, s.Decode+s.Duration
	return nil
}

func (x *index) overlapping() error {
	return x.f.fault(x.trak.path, x.trak.start, "the samples overlap: they add up to more bytes than the file has")
}

// samples ends the collecting; the findings are about what was found on the way.
func (x *index) samples() (*media.Samples, []fault.Finding, error) {
	if x.failed != nil {
		return nil, nil, x.failed
	}
	findings := x.findings()
	if x.count == 0 {
		return nil, findings, x.f.fault(x.trak.path, x.trak.start, "the track has no samples")
	}
	if x.end == 0 || x.end > x.longest() {
		return nil, findings, x.f.fault(x.trak.path, x.trak.start, "the track lasts %d units of its timescale, which is not possible", x.end)
	}
	x.builder.Decode(x.end)
	switch {
	case x.some && len(x.sync) == 0:
		findings = append(findings, fault.Finding{
			Severity: fault.Warning, Code: "no-sync-samples", Where: x.where,
			Message: "the file marks no sample as a random access point; the first one is taken for one",
			Affects: "All players: there is one fragment only, and seeking decodes from the start.",
			Advice:  "Encode with a key frame every two seconds.",
		})
		x.builder.Sync([]uint32{0})
	case x.some && int64(len(x.sync)) < x.count:
		x.builder.Sync(x.sync)
	}
	return x.builder.Samples(), findings, nil
}

// irregular is what is counted of a kind of irregularity between fragments.
type irregular struct {
	count int
	at    int64 // decode time of the first
	by    int64 // and its length
}

func (i *irregular) note(at, by int64) {
	if i.count++; i.count == 1 {
		i.at, i.by = at, by
	}
}

// findings tells of gaps and overlaps between the fragments, and of what is
// cut off.
func (x *index) findings() []fault.Finding {
	var out []fault.Finding
	ms := func(t int64) int64 { return media.Rescale(t, 1000, x.scale) }
	if x.gaps.count > 0 {
		out = append(out, fault.Finding{
			Severity: fault.Warning, Code: "gap", Where: x.where,
			Message: fmt.Sprintf("%d times a fragment begins later than the one before it ends; the first time %d ms into the track, by %d ms", x.gaps.count, ms(x.gaps.at), ms(x.gaps.by)),
			Affects: "The last sample before a gap lasts until the next fragment; players may stall or fall silent there.",
			Advice:  "Record or package the source without the gaps.",
		})
	}
	if x.overlaps.count > 0 {
		out = append(out, fault.Finding{
			Severity: fault.Warning, Code: "overlap", Where: x.where,
			Message: fmt.Sprintf("%d times a fragment begins before the one before it ends; the first time %d ms into the track, by %d ms", x.overlaps.count, ms(x.overlaps.at), ms(x.overlaps.by)),
			Affects: "The later fragment is played behind the earlier one, and the track is no longer in time with the others.",
			Advice:  "Leave out fragments that are there twice, and do not join files whose times start anew.",
		})
	}
	if x.cut != nil {
		out = append(out, *x.cut)
	}
	return out
}
