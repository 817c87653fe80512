package protect

import (
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"unsafe"
	"weak"

	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// Subsample is a run of bytes of a sample: first those that stay readable,
// then those that are protected (ISO/IEC 23001-7 §7.2).
type Subsample struct {
	Clear     uint16
	Protected uint32
}

// Map is the subsamples of a run of samples. A nil Map protects samples whole.
type Map struct {
	subsamples []Subsample
	ends       []int32 // of sample i: where its subsamples end
}

// Of returns the subsamples of sample i of the run.
func (m *Map) Of(i int) []Subsample {
	from := int32(0)
	if i > 0 {
		from = m.ends[i-1]
	}
	return m.subsamples[from:m.ends[i]]
}

// unit is a NAL unit with its length field, or a part with what stands before it.
type unit struct{ lead, protected int }

// scan is a Map in the making.
type scan struct {
	Map
	sealer *Sealer
	slices *codec.Slices
	units  []unit // of the sample under way
	buf    []byte // window on the source
	sample []byte // whole, where its parts tell where the next begins
	parts  []codec.Part
}

var scans = sync.Pool{New: func() any { return &scan{buf: make([]byte, window)} }}

// close gives the memory back.
func (m *scan) close() {
	if cap(m.sample) > wideWindow { // rare, and much to keep
		m.sample = nil
	}
	m.sealer, m.slices = nil, nil
	scans.Put(m)
}

const (
	window     = 8 << 10 // bytes of a sample that are read at once
	wideWindow = 1 << 20 // bytes that are looked at at once where they lie in memory
	// look is how many bytes of a NAL unit are looked at.
	look = 4 + codec.MaxSliceHeader
	// maxSubsamples is how many the size of their description, a byte,
	// allows (§7.1).
	maxSubsamples = 40
	// keptSubsamples is how many NAL units of a sample with more than that
	// are protected: the largest. The others stay readable.
	keptSubsamples = maxSubsamples / 2
)

// Scan finds out which bytes of some samples are protected, from sample first of the
// track on. It returns nil for tracks whose samples are protected whole. Only the
// beginnings of NAL units are read; samples of AV1 and VP9 are read whole.
func (s *Sealer) Scan(source io.ReaderAt, samples []media.Sample, first int) (*Map, error) {
	if !s.inPart {
		return nil, nil
	}
	return recall(s.maps, Run{samples: weak.Make(s.track.Samples), first: first, count: len(samples), scheme: s.Scheme}, func() (*Map, int, error) {
		m, err := s.scan(source, samples)
		if err != nil {
			return nil, 0, err
		}
		return m, int(unsafe.Sizeof(*m)) + len(m.subsamples)*int(unsafe.Sizeof(Subsample{})) + len(m.ends)*4, nil
	})
}

// scan is Scan, anew.
func (s *Sealer) scan(source io.ReaderAt, samples []media.Sample) (*Map, error) {
	m := scans.Get().(*scan)
	defer m.close()
	m.sealer, m.slices, m.subsamples, m.ends = s, codec.NewSlices(&s.track.Codec), m.subsamples[:0], m.ends[:0]
	last := &samples[len(samples)-1]
	w := view{source: source, buf: m.buf, end: last.Position + int64(last.Size)}
	w.spans, _ = source.(media.Spans)
	parts := codec.NewParts(&s.track.Codec)
	for i := range samples {
		var err error
		if m.units = m.units[:0]; parts != nil {
			err = m.divideParts(source, parts, &samples[i])
		} else {
			err = m.divideUnits(&w, &samples[i])
		}
		if err == nil {
			err = m.describeSample(samples[i].Size)
		}
		if err != nil {
			return nil, err
		}
		m.ends = append(m.ends, int32(len(m.subsamples)))
	}
	if w.spans != nil {
		if err := w.spans.Check(); err != nil {
			return nil, err
		}
	}
	return &Map{slices.Clone(m.subsamples), slices.Clone(m.ends)}, nil
}

// divideUnits finds what of the NAL units of one sample is protected.
func (m *scan) divideUnits(w *view, x *media.Sample) error {
	for at, left := x.Position, x.Size; left > 0; {
		b, err := w.at(at, min(left, look))
		if err != nil {
			return err
		}
		u := unit{lead: left}
		if left > 4 {
			n := int(min(int64(binary.BigEndian.Uint32(b)), int64(left-4))) // damage ends with its sample
			u = m.sealer.protect(4+m.slices.Lead(b[4:min(len(b), 4+n)], n), 4+n)
		}
		m.units = append(m.units, u)
		at, left = at+int64(u.lead+u.protected), left-u.lead-u.protected
	}
	return nil
}

// maxParted is the largest sample of AV1 or VP9 that is encrypted, in bytes.
const maxParted = 32 << 20

// divideParts finds what of the parts of one sample is protected: each to its
// end. Of a sample whose headers cannot be read nothing stays readable.
func (m *scan) divideParts(source io.ReaderAt, parts codec.Parts, x *media.Sample) error {
	if x.Size > maxParted {
		return fault.Newf(fault.InvalidNALUnit, "", "a picture of %d bytes is larger than what is encrypted, %d", x.Size, maxParted)
	}
	m.sample = slices.Grow(m.sample[:0], x.Size)[:x.Size]
	if n, err := source.ReadAt(m.sample, x.Position); n < x.Size {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	var err error
	if m.parts, err = parts.Append(m.parts[:0], m.sample); err != nil {
		m.parts = append(m.parts[:0], codec.Part{To: x.Size})
	}
	at := 0
	for _, p := range m.parts {
		u := m.sealer.protect(p.From-at, p.To-at)
		if m.sealer.Scheme == CBCS { // AV1, §4.2: all of a tile, were it smaller than a block
			u = unit{p.From - at, p.To - p.From}
		}
		m.units = append(m.units, u)
		at = p.To
	}
	if at < x.Size {
		m.units = append(m.units, unit{lead: x.Size - at})
	}
	return nil
}

// describeSample appends the subsamples of the units of a sample of a size.
func (m *scan) describeSample(size int) error {
	first := len(m.subsamples)
	m.describe(0)
	if len(m.subsamples)-first > maxSubsamples {
		m.subsamples = m.subsamples[:first]
		m.describe(m.smallest())
	}
	if len(m.subsamples)-first > maxSubsamples {
		return fault.Newf(fault.InvalidNALUnit, "", "a picture of %d bytes in %d parts is more than the description of its encryption can hold", size, len(m.units))
	}
	return nil
}

// protect divides a NAL unit with its length field: size bytes, lead of them
// before the slice data.
func (s *Sealer) protect(lead, size int) unit {
	n := size - lead
	if s.Scheme == CBCS {
		if n < blockSize {
			n = 0
		}
		return unit{size - n, n}
	}
	n -= n % blockSize // whole blocks, so that no keystream block is shared
	return unit{size - n, n}
}

// smallest returns how many bytes a NAL unit must have to be among those that
// are kept.
func (m *scan) smallest() int {
	sizes := make([]int, len(m.units))
	for i, u := range m.units {
		sizes[i] = u.protected
	}
	slices.Sort(sizes)
	return sizes[max(0, len(sizes)-keptSubsamples)]
}

// describe appends the subsamples of the units, those with at least the given
// number of bytes protected.
func (m *scan) describe(atLeast int) {
	clear, kept := 0, 0
	for _, u := range m.units {
		clear += u.lead
		if u.protected < atLeast || atLeast > 0 && kept == keptSubsamples {
			clear += u.protected
			continue
		}
		if u.protected > 0 {
			clear = m.append(clear, u.protected)
			kept++
		}
	}
	if clear > 0 {
		m.append(clear, 0)
	}
}

func (m *scan) append(clear, protected int) int {
	const most = 1<<16 - 1
	for ; clear > most; clear -= most {
		m.subsamples = append(m.subsamples, Subsample{Clear: most})
	}
	m.subsamples = append(m.subsamples, Subsample{uint16(clear), uint32(protected)})
	return 0
}

// view reads a source a window at a time.
type view struct {
	source io.ReaderAt
	spans  media.Spans // nil: the window is read
	buf    []byte
	window []byte
	from   int64 // where the window begins
	end    int64 // nothing behind it is read
}

// at returns n bytes or more from an offset on.
func (v *view) at(offset int64, n int) ([]byte, error) {
	if skip := offset - v.from; skip >= 0 && skip+int64(n) <= int64(len(v.window)) {
		return v.window[skip:], nil
	}
	rest := max(v.end-offset, int64(n))
	v.from, v.window = offset, nil
	if v.spans != nil {
		if v.window = v.spans.Span(offset, int(min(rest, wideWindow))); v.window != nil {
			return v.window, nil
		}
		v.spans = nil
	}
	v.window = v.buf[:min(int64(len(v.buf)), rest)]
	if k, err := v.source.ReadAt(v.window, offset); k < len(v.window) {
		if v.window = nil; err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return v.window, nil
}
