package codec

// rbsp reads the payload of a NAL unit bit by bit, over the emulation
// prevention bytes in it (ISO/IEC 14496-10 §7.3.1); or headers that are no NAL
// units and have none.
type rbsp struct {
	unit  []byte // as stored
	plain bool   // no emulation prevention: AV1, VP9
	at    int    // bytes of it that were taken
	byte  byte   // the last of them
	left  int    // bits of it that were not read
	zeros int    // how many zero bytes were taken last
	short bool   // more was read than there is, or no number was found
}

func (r *rbsp) next() {
	if r.zeros >= 2 && !r.plain && r.at < len(r.unit) && r.unit[r.at] == 3 {
		r.at, r.zeros = r.at+1, 0
	}
	if r.at >= len(r.unit) {
		r.short, r.byte, r.left = true, 0, 8
		return
	}
	r.byte, r.left = r.unit[r.at], 8
	r.at++
	if r.byte == 0 {
		r.zeros++
	} else {
		r.zeros = 0
	}
}

func (r *rbsp) flag() bool { return r.take(1) == 1 }

// take reads n bits, at most 32 of them.
func (r *rbsp) take(n int) uint32 {
	var v uint32
	for n > 0 && !r.short {
		if r.left == 0 {
			r.next()
		}
		k := min(n, r.left)
		r.left -= k
		n -= k
		v = v<<k | uint32(r.byte>>r.left)&(1<<k-1)
	}
	return v
}

func (r *rbsp) skip(n int) {
	for ; n > 32 && !r.short; n -= 32 {
		r.take(32)
	}
	r.take(max(n, 0))
}

// ue reads an Exp-Golomb number, signed ones too when only their length
// matters (§9.1).
func (r *rbsp) ue() uint32 {
	zeros := 0
	for !r.flag() {
		if zeros++; zeros > 31 || r.short {
			r.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.take(zeros)
}
