package synth

// payload appends sample i of the track: bytes that tell track and sample and
// are never 0, so that nothing in them looks like a start code. With
// NALLength they are NAL units: parameter sets in front of key frames where
// the track has them in band, then slices as long as the length field allows.
func (t *Track) payload(dst []byte, i int) []byte {
	s := t.Samples[i]
	end := len(dst) + s.Size
	if t.NALLength == 0 {
		return t.fill(dst, i, s.Size)
	}
	if s.Sync {
		for _, set := range t.InBandSets {
			if len(dst)+t.NALLength+len(set) <= end {
				dst = append(t.length(dst, len(set)), set...)
			}
		}
	}
	header := byte(0x41) // a slice that others refer to
	if s.Sync {
		header = 0x65 // IDR
	}
	longest := 1<<(8*t.NALLength) - 1
	for len(dst) < end {
		n := min(end-len(dst)-t.NALLength, longest)
		if n < 1 { // no room for a NAL unit: what is left is an empty one, or nonsense
			return append(dst, make([]byte, end-len(dst))...)
		}
		if rest := end - len(dst) - t.NALLength - n; rest > 0 && rest <= t.NALLength {
			n -= t.NALLength + 1 - rest // leave room for one byte in the next unit
		}
		dst = append(t.length(dst, n), header)
		dst = t.fill(dst, i, n-1)
	}
	return dst
}

func (t *Track) length(dst []byte, n int) []byte {
	for shift := 8 * (t.NALLength - 1); shift >= 0; shift -= 8 {
		dst = append(dst, byte(n>>shift))
	}
	return dst
}

// pattern is what payloads are filled with; it holds no zero.
var pattern = func() (p [4096]byte) {
	x := uint32(1)
	for i := range p {
		x = x*1664525 + 1013904223
		p[i] = byte(x>>24) | 1
	}
	return p
}()

// fill appends n bytes: track and sample number as far as there is room, then
// the pattern from a place that depends on them.
func (t *Track) fill(dst []byte, i, n int) []byte {
	i += t.Number
	stamp := [5]byte{byte(t.ID%255) + 1}
	for k, rest := 1, i; k < len(stamp); k, rest = k+1, rest/255 {
		stamp[k] = byte(rest%255) + 1
	}
	k := min(n, len(stamp))
	dst = append(dst, stamp[:k]...)
	for n, at := n-k, (i*7+int(t.ID))%len(pattern); n > 0; at = 0 {
		m := min(n, len(pattern)-at)
		dst = append(dst, pattern[at:at+m]...)
		n -= m
	}
	return dst
}
