package codec

import "errors"

// av1Sequence is what a sequence header says that frame headers are read by (AV1
// Bitstream & Decoding Process Specification §5.5). Sizes of fields are in bits, 0 for
// those that are not there.
type av1Sequence struct {
	still            bool // reduced_still_picture_header
	decoderModel     bool
	removalTime      int // of buffer_removal_time
	presentationTime int // of frame_presentation_time
	points           [32]av1Point
	pointCount       int

	widthBits, heightBits int
	width, height         int // pixels, at most
	frameID, deltaFrameID int
	orderHint             int

	superblock128, warpedMotion, refMVs    bool
	screenContent, integerMV               uint32 // 2: each frame says it
	superres, cdef, restoration, filmGrain bool
	mono, separateUV                       bool
	subsampled                             bool // 4:2:0
}

// av1Point is an operating point.
type av1Point struct {
	layers uint32 // operating_point_idc
	model  bool   // decoder_model_present_for_this_op
}

// perFrame is what seq_force_screen_content_tools and seq_force_integer_mv are where
// each frame says it.
const perFrame = 2

// parseAV1Sequence reads a sequence header without its OBU header.
func parseAV1Sequence(payload []byte) (*av1Sequence, error) {
	s := &av1Sequence{screenContent: perFrame, integerMV: perFrame, pointCount: 1}
	r := &rbsp{unit: payload, plain: true}
	profile := r.take(3)
	r.skip(1) // still_picture
	if s.still = r.flag(); s.still {
		r.skip(5) // seq_level_idx
	} else {
		s.operatingPoints(r)
	}
	s.widthBits, s.heightBits = int(r.take(4))+1, int(r.take(4))+1
	s.width, s.height = int(r.take(s.widthBits))+1, int(r.take(s.heightBits))+1
	if !s.still && r.flag() { // frame_id_numbers_present_flag
		s.deltaFrameID = int(r.take(4)) + 2
		s.frameID = s.deltaFrameID + int(r.take(3)) + 1
	}
	s.superblock128 = r.flag()
	r.skip(2) // enable_filter_intra, enable_intra_edge_filter
	if !s.still {
		s.tools(r)
	}
	s.superres, s.cdef, s.restoration = r.flag(), r.flag(), r.flag()
	s.colour(r, profile)
	s.filmGrain = r.flag()
	if r.short {
		return nil, errors.New("the sequence header is cut off")
	}
	return s, nil
}

// operatingPoints reads the times of decoding, and the points with their layers.
func (s *av1Sequence) operatingPoints(r *rbsp) {
	delay := 0
	if r.flag() { // timing_info_present_flag
		r.skip(64) // num_units_in_display_tick, time_scale
		equal := r.flag()
		if equal {
			r.ue() // num_ticks_per_picture: uvlc is read like ue
		}
		if s.decoderModel = r.flag(); s.decoderModel {
			delay = int(r.take(5)) + 1
			r.skip(32) // num_units_in_decoding_tick
			s.removalTime = int(r.take(5)) + 1
			if n := int(r.take(5)) + 1; !equal {
				s.presentationTime = n
			}
		}
	}
	display := r.flag() // initial_display_delay_present_flag
	s.pointCount = int(r.take(5)) + 1
	for i := range s.points[:s.pointCount] {
		p := &s.points[i]
		p.layers = r.take(12)
		if r.take(5) > 7 { // seq_level_idx
			r.skip(1) // seq_tier
		}
		if s.decoderModel {
			if p.model = r.flag(); p.model {
				r.skip(2*delay + 1) // decoder_ and encoder_buffer_delay, low_delay_mode_flag
			}
		}
		if display && r.flag() {
			r.skip(4) // initial_display_delay
		}
	}
}

// tools reads which tools of inter prediction there are.
func (s *av1Sequence) tools(r *rbsp) {
	r.skip(2) // enable_interintra_compound, enable_masked_compound
	s.warpedMotion = r.flag()
	r.skip(1) // enable_dual_filter
	hints := r.flag()
	if hints {
		r.skip(1) // enable_jnt_comp
		s.refMVs = r.flag()
	}
	if !r.flag() { // seq_choose_screen_content_tools
		s.screenContent = r.take(1)
	}
	if s.screenContent > 0 && !r.flag() { // seq_choose_integer_mv
		s.integerMV = r.take(1)
	}
	if hints {
		s.orderHint = int(r.take(3)) + 1
	}
}

// colour reads color_config (§5.5.2).
func (s *av1Sequence) colour(r *rbsp, profile uint32) {
	high := r.flag()
	twelve := profile == 2 && high && r.flag()
	s.mono = profile != 1 && r.flag()
	srgb := false
	if r.flag() { // color_description_present_flag
		srgb = r.take(24) == 1<<16|13<<8|0 // primaries, transfer, matrix
	}
	switch {
	case s.mono:
		r.skip(1) // color_range
		s.subsampled = true
		return
	case srgb:
	default:
		r.skip(1) // color_range
		switch {
		case profile == 0:
			s.subsampled = true
		case profile == 2 && twelve && r.flag(): // subsampling_x
			s.subsampled = r.flag()
		}
		if s.subsampled {
			r.skip(2) // chroma_sample_position
		}
	}
	s.separateUV = r.flag()
}
