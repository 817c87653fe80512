package synth

import (
	"io"
	"slices"
	"sort"
)

// Movie is a file that was built from its description. It is safe for
// concurrent use.
type Movie struct {
	tracks []Track
	size   int64
	pieces []piece // in order of position; what lies between them is zero
	starts [][]int64
}

// piece is a stretch of a file: bytes, or the samples of a chunk.
type piece struct {
	position int64
	size     int64
	bytes    []byte
	track    int
	first    int // sample
}

// chunk is a stretch of samples of one track.
type chunk struct {
	first, count int
	size         int64
	position     int64
}

// Build lays the file out.
func (f File) Build() *Movie {
	f.Tracks = slices.Clone(f.Tracks)
	if f.Timescale == 0 {
		f.Timescale = 1000
	}
	chunks := make([][]chunk, len(f.Tracks))
	for i := range f.Tracks {
		if f.Tracks[i].ID == 0 {
			f.Tracks[i].ID = uint32(i + 1)
		}
		chunks[i] = f.chunks(&f.Tracks[i])
	}
	m := &Movie{tracks: f.Tracks}
	if f.Fragments != nil {
		chunks = m.fragmented(&f)
		m.place(chunks)
		return m
	}
	wide := f.CO64
	for { // once more when chunk offsets turn out to need 64 bits
		m.lay(&f, chunks, wide)
		if wide || m.size < 1<<32 {
			break
		}
		wide = true
	}
	m.place(chunks)
	return m
}

// place remembers where every sample stands.
func (m *Movie) place(chunks [][]chunk) {
	m.starts = make([][]int64, len(m.tracks))
	for i, list := range chunks {
		for _, c := range list {
			at := c.position
			for k := range c.count {
				m.starts[i] = append(m.starts[i], at)
				at += int64(m.tracks[i].Samples[c.first+k].Size)
			}
		}
	}
}

// chunks cuts a track into nearly equal chunks.
func (f *File) chunks(t *Track) []chunk {
	n := min(max(f.Chunks, 1), max(len(t.Samples), 1))
	list := make([]chunk, 0, n)
	for c := range n {
		list = append(list, t.chunk(c*len(t.Samples)/n, (c+1)*len(t.Samples)/n))
	}
	return list
}

// chunk is that of samples [from, to), without a place.
func (t *Track) chunk(from, to int) chunk {
	c := chunk{first: from, count: to - from}
	for _, s := range t.Samples[from:to] {
		c.size += int64(s.Size)
	}
	return c
}

// lay decides where everything stands. The moov is as large with the right
// chunk positions as with any.
func (m *Movie) lay(f *File, chunks [][]chunk, wide bool) {
	m.pieces, m.size = nil, 0
	if !f.NoFtyp {
		brand := "isom"
		if f.Brand != "" {
			brand = f.Brand
		}
		m.add(Box("ftyp", []byte(brand), U32(512), []byte("isomiso2avc1mp41")))
	}
	m.add(f.Before)
	at := len(m.pieces)
	if !f.MoovLast {
		m.add(f.moov(chunks, wide))
	}
	m.media(f, chunks)
	if f.MoovLast {
		m.add(f.moov(chunks, wide))
	} else {
		m.pieces[at].bytes = f.moov(chunks, wide)
	}
}

// add appends bytes to the file.
func (m *Movie) add(b []byte) {
	if len(b) > 0 {
		m.pieces = append(m.pieces, piece{position: m.size, size: int64(len(b)), bytes: b})
		m.size += int64(len(b))
	}
}

// put appends a chunk of a track to the file.
func (m *Movie) put(track int, c *chunk) {
	c.position = m.size
	m.pieces = append(m.pieces, piece{position: m.size, size: c.size, track: track, first: c.first})
	m.size += c.size
}

// media places the chunks of all tracks by turns into the mdat boxes.
func (m *Movie) media(f *File, chunks [][]chunk) {
	type turn struct{ track, chunk int }
	var turns []turn
	longest := 0
	for _, list := range chunks {
		longest = max(longest, len(list))
	}
	for k := range longest {
		for i := range chunks {
			if k < len(chunks[i]) {
				turns = append(turns, turn{i, k})
			}
		}
	}
	n := min(max(f.Mdats, 1), max(len(turns), 1))
	for d := range n {
		part := turns[d*len(turns)/n : (d+1)*len(turns)/n]
		size := int64(0)
		if d == 0 {
			size = f.Hole
		}
		for _, t := range part {
			size += int64(f.Gap) + chunks[t.track][t.chunk].size
		}
		switch {
		case f.OpenEnd && d == n-1:
			m.add(append(U32(0), "mdat"...))
		case f.Large || size+8 >= 1<<32:
			m.add(slices.Concat(U32(1), []byte("mdat"), U64(uint64(size+16))))
		default:
			m.add(append(U32(uint32(size+8)), "mdat"...))
		}
		if d == 0 {
			m.size += f.Hole
		}
		for _, t := range part {
			m.size += int64(f.Gap)
			m.put(t.track, &chunks[t.track][t.chunk])
		}
	}
}

// Size returns the size of the file in bytes.
func (m *Movie) Size() int64 { return m.size }

// ReadAt implements io.ReaderAt.
func (m *Movie) ReadAt(p []byte, off int64) (int, error) {
	if off >= m.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), m.size-off))
	clear(p[:n])
	i := sort.Search(len(m.pieces), func(i int) bool { return m.pieces[i].position+m.pieces[i].size > off })
	for ; i < len(m.pieces) && m.pieces[i].position < off+int64(n); i++ {
		x := &m.pieces[i]
		if x.bytes != nil {
			place(p[:n], off, x.bytes, x.position)
			continue
		}
		m.samples(p[:n], off, x)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// samples fills what p shows of a chunk.
func (m *Movie) samples(p []byte, off int64, x *piece) {
	t, at := &m.tracks[x.track], x.position
	var sample []byte
	for i := x.first; at < x.position+x.size && at < off+int64(len(p)); i++ {
		size := int64(t.Samples[i].Size)
		if at+size > off {
			sample = t.payload(sample[:0], i)
			place(p, off, sample, at)
		}
		at += size
	}
}

// place copies the part of b, which stands at position, that p, which stands
// at off, covers.
func place(p []byte, off int64, b []byte, position int64) {
	if position < off {
		b, position = b[min(off-position, int64(len(b))):], off
	}
	if position-off < int64(len(p)) {
		copy(p[position-off:], b)
	}
}

// Bytes returns the whole file.
func (m *Movie) Bytes() []byte {
	b := make([]byte, m.size)
	m.ReadAt(b, 0) // within the size it does not fail
	return b
}

// WriteTo implements io.WriterTo.
func (m *Movie) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, io.NewSectionReader(m, 0, m.size))
}

// Sample returns the bytes of sample i (from 0) of a track (by its place) and
// where they stand.
func (m *Movie) Sample(track, i int) (position int64, data []byte) {
	return m.starts[track][i], m.tracks[track].payload(nil, i)
}

// Samples returns the bytes of samples [from, to) of a track, one behind the other.
func (m *Movie) Samples(track, from, to int) []byte {
	var b []byte
	for i := from; i < to; i++ {
		b = m.tracks[track].payload(b, i)
	}
	return b
}
