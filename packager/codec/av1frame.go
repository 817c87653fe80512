package codec

import (
	"errors"
	"math/bits"
)

// av1Frames reads the headers of frames in decoding order (AV1 Bitstream & Decoding
// Process Specification §5.9), as far as it takes to know where their tiles are.
type av1Frames struct {
	sequence *av1Sequence
	slots    [av1Slots]av1Slot
}

// av1Header is what a frame header says.
type av1Header struct {
	shown      bool // show_existing_frame: there is nothing to decode
	key, intra bool
	resilient  bool
	switching  bool // a switch frame
	grain      bool // film_grain_params may be there
	size       av1Size
	orderHint  int
	primary    uint32 // primary_ref_frame
	screen     bool   // allow_screen_content_tools
	intrabc    bool
	precise    bool // allow_high_precision_mv
	idx        [av1References]int
	segments   [av1Segments]int
	lossless   bool // CodedLossless

	tiles         int
	tileBits      int // of a tile's number
	tileSizeBytes int
	bytes         int // size of the header, up to the next whole byte
}

// Types of frames (§6.8.2).
const (
	av1Key = iota
	av1Inter
	av1IntraOnly
	av1Switch
)

var errFrameHeader = errors.New("the frame header cannot be read")

// read reads a frame header at the beginning of a payload, and keeps what later ones
// inherit. temporal and spatial are the layer of its OBU.
func (d *av1Frames) read(payload []byte, temporal, spatial uint32) (av1Header, error) {
	r := &rbsp{unit: payload, plain: true}
	s := d.sequence
	h := av1Header{key: true, intra: true, grain: true, primary: av1PrimaryNone}
	kind, show := uint32(av1Key), true
	if !s.still {
		if r.flag() { // show_existing_frame
			return d.showExisting(r)
		}
		kind, show = r.take(2), r.flag()
		h.key, h.intra, h.switching = kind == av1Key, kind == av1Key || kind == av1IntraOnly, kind == av1Switch
		if show {
			r.skip(s.presentationTime)
		} else {
			h.grain = r.flag() // showable_frame
		}
		h.resilient = h.switching || h.key && show || r.flag()
	}
	if h.key && show { // nothing before it is referred to any more
		for i := range d.slots {
			d.slots[i].orderHint = 0
		}
	}
	static := r.flag() || s.still // disable_cdf_update
	integer := d.screenContent(r, &h)
	r.skip(s.frameID)
	override := h.switching || !s.still && r.flag()
	h.orderHint = int(r.take(s.orderHint))
	if !h.intra && !h.resilient {
		h.primary = r.take(3)
	}
	d.removalTimes(r, temporal, spatial)
	refresh := uint32(av1AllSlots)
	if !h.switching && !(h.key && show) {
		refresh = r.take(8)
	}
	if (!h.intra || refresh != av1AllSlots) && h.resilient && s.orderHint > 0 {
		for i := range d.slots { // ref_order_hint: of frames that were lost, too
			d.slots[i].orderHint = int(r.take(s.orderHint))
		}
	}
	if h.intra {
		h.size = d.frameSize(r, override)
		renderSize(r)
		h.intrabc = h.screen && h.size.upscaled == h.size.width && r.flag()
	} else {
		d.inter(r, &h, override, integer)
	}
	if !static {
		r.skip(1) // disable_frame_end_update_cdf
	}
	d.tileInfo(r, &h)
	d.quantization(r, &h)
	d.filters(r, &h)
	d.modes(r, &h)
	if s.filmGrain && h.grain {
		filmGrain(r, s, kind == av1Inter)
	}
	if r.short {
		return h, errFrameHeader
	}
	for i := range d.slots {
		if refresh>>i&1 == 1 {
			d.slots[i] = av1Slot{key: h.key, size: h.size, orderHint: h.orderHint, segments: h.segments}
		}
	}
	h.bytes = r.at
	return h, nil
}

// showExisting reads which frame is shown that was decoded before. A key frame takes all
// slots then (§7.21).
func (d *av1Frames) showExisting(r *rbsp) (av1Header, error) {
	slot := d.slots[r.take(3)]
	if r.short {
		return av1Header{}, errFrameHeader
	}
	if slot.key {
		for i := range d.slots {
			d.slots[i] = slot
		}
	}
	return av1Header{shown: true}, nil
}

// screenContent reads what there is for screens, and whether motion vectors are whole
// numbers.
func (d *av1Frames) screenContent(r *rbsp, h *av1Header) (integer bool) {
	choice := func(of uint32) bool { return of == perFrame && r.flag() || of == 1 }
	h.screen = choice(d.sequence.screenContent)
	return h.screen && choice(d.sequence.integerMV)
}

// removalTimes skips buffer_removal_time of the operating points that the layer of a
// frame belongs to.
func (d *av1Frames) removalTimes(r *rbsp, temporal, spatial uint32) {
	s := d.sequence
	if !s.decoderModel || !r.flag() {
		return
	}
	for _, p := range s.points[:s.pointCount] {
		if p.model && (p.layers == 0 || p.layers>>temporal&1 == 1 && p.layers>>(spatial+8)&1 == 1) {
			r.skip(s.removalTime)
		}
	}
}

// frameSize reads frame_size with superres_params (§5.9.5, §5.9.8).
func (d *av1Frames) frameSize(r *rbsp, override bool) av1Size {
	z := av1Size{height: d.sequence.height, upscaled: d.sequence.width}
	if override {
		z.upscaled, z.height = int(r.take(d.sequence.widthBits))+1, int(r.take(d.sequence.heightBits))+1
	}
	d.superres(r, &z)
	return z
}

func (d *av1Frames) superres(r *rbsp, z *av1Size) {
	z.width = z.upscaled
	if d.sequence.superres && r.flag() {
		denominator := int(r.take(3)) + 9
		z.width = (z.upscaled*8 + denominator/2) / denominator
	}
}

func renderSize(r *rbsp) {
	if r.flag() { // render_and_frame_size_different
		r.skip(32)
	}
}

// inter reads what frames have that refer to others.
func (d *av1Frames) inter(r *rbsp, h *av1Header, override, integer bool) {
	s := d.sequence
	short := s.orderHint > 0 && r.flag() // frame_refs_short_signaling
	if short {
		last, golden := int(r.take(3)), int(r.take(3))
		h.idx = d.setReferences(last, golden, h.orderHint)
	}
	for i := range h.idx {
		if !short {
			h.idx[i] = int(r.take(3))
		}
		r.skip(s.deltaFrameID)
	}
	found := false
	if override && !h.resilient { // frame_size_with_refs
		for _, slot := range h.idx {
			if found = r.flag(); found {
				h.size = d.slots[slot].size
				d.superres(r, &h.size)
				break
			}
		}
	}
	if !found {
		h.size = d.frameSize(r, override)
		renderSize(r)
	}
	h.precise = !integer && r.flag()
	if !r.flag() { // is_filter_switchable
		r.skip(2) // interpolation_filter
	}
	r.skip(1) // is_motion_mode_switchable
	if !h.resilient && s.refMVs {
		r.skip(1) // use_ref_frame_mvs
	}
}

// quantization reads quantization_params, segmentation_params, delta_q_params and
// delta_lf_params, and says whether the frame is coded without loss.
func (d *av1Frames) quantization(r *rbsp, h *av1Header) {
	base := int(r.take(8))
	lossless := readDelta(r) == 0
	if s := d.sequence; !s.mono {
		separate := s.separateUV && r.flag() // diff_uv_delta
		for range 2 {
			lossless = readDelta(r) == 0 && lossless
		}
		for range 2 {
			if separate {
				lossless = readDelta(r) == 0 && lossless
			}
		}
	}
	if r.flag() { // using_qmatrix
		r.skip(8) // qm_y, qm_u
		if d.sequence.separateUV {
			r.skip(4) // qm_v
		}
	}
	d.segmentation(r, h)
	if base > 0 && r.flag() { // delta_q_present
		r.skip(2)
		if !h.intrabc && r.flag() { // delta_lf_present
			r.skip(3)
		}
	}
	for _, q := range h.segments {
		lossless = lossless && base+q <= 0
	}
	h.lossless = lossless
}

// segmentation reads segmentation_params (§5.9.14). What is not there is that of the
// primary reference.
func (d *av1Frames) segmentation(r *rbsp, h *av1Header) {
	if !r.flag() {
		return
	}
	if h.primary != av1PrimaryNone {
		h.segments = d.slots[h.idx[h.primary]].segments
		if r.flag() { // segmentation_update_map
			r.skip(1)
		}
		if !r.flag() { // segmentation_update_data
			return
		}
		h.segments = [av1Segments]int{}
	}
	for i := range h.segments {
		for feature, n := range [...]int{9, 7, 7, 7, 7, 3, 0, 0} {
			switch {
			case !r.flag():
			case feature == 0:
				h.segments[i] = signed(r, n)
			default:
				r.skip(n)
			}
		}
	}
}

// filters reads loop_filter_params, cdef_params and lr_params.
func (d *av1Frames) filters(r *rbsp, h *av1Header) {
	s := d.sequence
	if h.intrabc {
		return
	}
	if !h.lossless {
		levels := r.take(12)
		if !s.mono && levels != 0 {
			r.skip(12)
		}
		r.skip(3)                 // loop_filter_sharpness
		if r.flag() && r.flag() { // loop_filter_delta_enabled, _update
			for range 8 + 2 {
				if r.flag() {
					r.skip(7)
				}
			}
		}
		if s.cdef {
			r.skip(2) // cdef_damping_minus_3
			n := 6
			if !s.mono {
				n = 12
			}
			r.skip(n << r.take(2))
		}
	}
	if s.restoration && (!h.lossless || h.size.width != h.size.upscaled) {
		luma, chroma := r.take(2) != 0, false
		if !s.mono {
			chroma = r.take(4) != 0
		}
		if luma || chroma {
			if shift := r.flag(); shift && !s.superblock128 {
				r.skip(1) // lr_unit_extra_shift
			}
			if s.subsampled && chroma {
				r.skip(1) // lr_uv_shift
			}
		}
	}
}

// modes reads what comes between the filters and the film grain.
func (d *av1Frames) modes(r *rbsp, h *av1Header) {
	if !h.lossless {
		r.skip(1) // tx_mode_select
	}
	if !h.intra && r.flag() && d.skipModeAllowed(&h.idx, h.orderHint) { // reference_select
		r.skip(1) // skip_mode_present
	}
	if !h.intra && !h.resilient && d.sequence.warpedMotion {
		r.skip(1) // allow_warped_motion
	}
	r.skip(1) // reduced_tx_set
	if !h.intra {
		for range av1References {
			globalMotion(r, h.precise)
		}
	}
}

// globalMotion reads the parameters of one reference (§5.9.24).
func globalMotion(r *rbsp, precise bool) {
	if !r.flag() { // is_global
		return
	}
	const full = 2<<12 + 1 // symbols of a parameter
	switch {
	case r.flag(): // is_rot_zoom
		for range 4 {
			subexp(r, full)
		}
	case r.flag(): // is_translation
		n := uint32(2<<8 + 1)
		if precise {
			n = 2<<9 + 1
		}
		subexp(r, n)
		subexp(r, n)
	default:
		for range 6 {
			subexp(r, full)
		}
	}
}

// filmGrain reads film_grain_params (§5.9.30).
func filmGrain(r *rbsp, s *av1Sequence, inter bool) {
	if !r.flag() { // apply_grain
		return
	}
	r.skip(16) // grain_seed
	if inter && !r.flag() {
		r.skip(3) // film_grain_params_ref_idx
		return
	}
	points := func() int {
		n := int(r.take(4))
		r.skip(16 * n)
		return n
	}
	luma := points()
	fromLuma := !s.mono && r.flag() // chroma_scaling_from_luma
	cb, cr := 0, 0
	if !s.mono && !fromLuma && !(s.subsampled && luma == 0) {
		cb, cr = points(), points()
	}
	r.skip(2) // grain_scaling_minus_8
	lag := int(r.take(2))
	coefficients := 2 * lag * (lag + 1)
	if luma > 0 {
		r.skip(8 * coefficients)
		coefficients++
	}
	for _, n := range [...]int{cb, cr} {
		if fromLuma || n > 0 {
			r.skip(8 * coefficients)
		}
	}
	r.skip(4) // ar_coeff_shift_minus_6, grain_scale_shift
	for _, n := range [...]int{cb, cr} {
		if n > 0 {
			r.skip(25) // multipliers and offset
		}
	}
	r.skip(2) // overlap_flag, clip_to_restricted_range
}

// readDelta reads delta_q (§5.9.13).
func readDelta(r *rbsp) int {
	if r.flag() {
		return signed(r, 7)
	}
	return 0
}

// signed reads su(n) (§4.10.6).
func signed(r *rbsp, n int) int {
	return int(r.take(n)<<(32-n)) << 32 >> (64 - n)
}

// nonSymmetric reads ns(n) (§4.10.7).
func nonSymmetric(r *rbsp, n uint32) uint32 {
	if n <= 1 {
		return 0
	}
	w := bits.Len32(n)
	m := uint32(1)<<w - n
	v := r.take(w - 1)
	if v < m {
		return v
	}
	return v<<1 - m + r.take(1)
}

// subexp reads one of n symbols (§5.9.27); which one does not matter.
func subexp(r *rbsp, n uint32) {
	k, from := 3, uint32(0)
	for i := 0; ; i++ {
		if i > 1 {
			k++
		}
		if n <= from+3<<k {
			nonSymmetric(r, n-from)
			return
		}
		if !r.flag() { // subexp_more_bits
			r.skip(k)
			return
		}
		from += 1 << k
	}
}
