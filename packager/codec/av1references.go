package codec

// Numbers of AV1 (AV1 Bitstream & Decoding Process Specification §3).
const (
	av1Slots        = 8 // NUM_REF_FRAMES
	av1References   = 7 // REFS_PER_FRAME: LAST, LAST2, LAST3, GOLDEN, BWDREF, ALTREF2, ALTREF
	av1Segments     = 8 // MAX_SEGMENTS
	av1PrimaryNone  = 7 // PRIMARY_REF_NONE
	av1AllSlots     = 1<<av1Slots - 1
	av1GoldenOffset = 3 // GOLDEN_FRAME - LAST_FRAME
)

// av1Slot is what later frames inherit from a frame that is kept (§7.20): of the rest of
// it no size of a header field depends.
type av1Slot struct {
	key       bool
	size      av1Size
	orderHint int
	segments  [av1Segments]int // SEG_LVL_ALT_Q of FeatureData, 0 where it is not enabled
}

// av1Size is a size of pictures in pixels, before they are made wider (superres) and after.
type av1Size struct{ width, height, upscaled int }

// distance is how far an order hint lies behind another (§5.9.3).
func (s *av1Sequence) distance(a, b int) int {
	if s.orderHint == 0 {
		return 0
	}
	m := 1 << (s.orderHint - 1)
	return (a-b)&(m-1) - (a-b)&m
}

// setReferences finds the references of a frame that names two of them alone (§7.8):
// frame_refs_short_signaling.
func (d *av1Frames) setReferences(last, golden, orderHint int) (idx [av1References]int) {
	var used [av1Slots]bool
	var hints [av1Slots]int // before the frame: negative
	for i := range hints {
		hints[i] = d.sequence.distance(d.slots[i].orderHint, orderHint)
	}
	// best returns the slot that nobody has yet and that is better than all before
	best := func(candidate func(hint int) bool, better func(hint, than int) bool) int {
		found := -1
		for i, h := range hints {
			if !used[i] && candidate(h) && (found < 0 || better(h, hints[found])) {
				found = i
			}
		}
		return found
	}
	backward, forward := func(h int) bool { return h >= 0 }, func(h int) bool { return h < 0 }
	latest, earliest := func(h, than int) bool { return h >= than }, func(h, than int) bool { return h < than }

	for i := range idx {
		idx[i] = -1
	}
	take := func(reference, slot int) {
		if idx[reference] < 0 && slot >= 0 {
			idx[reference], used[slot] = slot, true
		}
	}
	take(0, last)
	take(av1GoldenOffset, golden)
	take(6, best(backward, latest))   // ALTREF
	take(4, best(backward, earliest)) // BWDREF
	take(5, best(backward, earliest)) // ALTREF2
	for _, reference := range [...]int{1, 2, 4, 5, 6} {
		if idx[reference] < 0 {
			take(reference, best(forward, latest))
		}
	}
	used = [av1Slots]bool{}
	rest := best(func(int) bool { return true }, earliest)
	for i := range idx {
		if idx[i] < 0 {
			idx[i] = rest
		}
	}
	return idx
}

// skipModeAllowed says whether a frame has skip_mode_present (§5.9.22): with a reference
// before it and one behind it, or two before it at different times.
func (d *av1Frames) skipModeAllowed(idx *[av1References]int, orderHint int) bool {
	if d.sequence.orderHint == 0 {
		return false
	}
	forward, backward, second := false, false, false
	nearest := 0 // order hint of the last frame before this one
	for _, slot := range idx {
		h := d.slots[slot].orderHint
		switch n := d.sequence.distance(h, orderHint); {
		case n < 0 && (!forward || d.sequence.distance(h, nearest) > 0):
			forward, nearest = true, h
		case n > 0:
			backward = true
		}
	}
	for _, slot := range idx {
		second = second || d.sequence.distance(d.slots[slot].orderHint, nearest) < 0
	}
	return forward && (backward || second)
}
