package codec

import "errors"

// vp9Frames finds the frames in samples of VP9: what encryption covers is their data
// behind the uncompressed header, and nothing of the index of a superframe ("VP Codec ISO
// Media File Format Binding", Sample Encryption). Frames inherit sizes from those before
// them, so that samples come in decoding order, from a key frame on.
type vp9Frames struct {
	sizes [8]vp9Size // of the frames that are kept
}

// vp9Size is a size of pictures in pixels.
type vp9Size struct{ width, height int }

var (
	errVP9Header = errors.New("the uncompressed header cannot be read")
	errVP9Index  = errors.New("the frames of a superframe are larger than it")
)

// Append appends what is behind the uncompressed header of each frame.
func (d *vp9Frames) Append(dst []Part, sample []byte) ([]Part, error) {
	sizes, bytesEach := superframe(sample)
	if sizes == nil {
		return d.frame(dst, sample, 0)
	}
	at, end := 0, len(sample)-len(sizes)-2
	for ; len(sizes) > 0; sizes = sizes[bytesEach:] {
		n := 0
		for i, v := range sizes[:bytesEach] {
			n |= int(v) << (8 * i)
		}
		if n > end-at {
			return dst, errVP9Index
		}
		var err error
		if dst, err = d.frame(dst, sample[at:at+n], at); err != nil {
			return dst, err
		}
		at += n
	}
	return dst, nil
}

// superframe returns the sizes in the index of a superframe, little-endian (VP9 Bitstream
// & Decoding Process Specification, annex B); nil when the sample is one frame.
func superframe(sample []byte) (sizes []byte, bytesEach int) {
	if len(sample) == 0 {
		return nil, 0
	}
	marker := sample[len(sample)-1]
	if marker>>5 != 0b110 {
		return nil, 0
	}
	bytesEach = int(marker>>3&3) + 1
	index := len(sample) - 2 - bytesEach*(int(marker&7)+1)
	if index < 0 || sample[index] != marker {
		return nil, 0
	}
	return sample[index+1 : len(sample)-1], bytesEach
}

// frame appends what is behind the uncompressed header of a frame at a place of the
// sample (§6.2).
func (d *vp9Frames) frame(dst []Part, b []byte, at int) ([]Part, error) {
	if len(b) == 0 {
		return dst, nil
	}
	r := &rbsp{unit: b, plain: true}
	shown := d.header(r)
	switch {
	case r.short:
		return dst, errVP9Header
	case shown: // nothing is behind it
		return dst, nil
	}
	return append(dst, Part{at + r.at, at + len(b)}), nil
}

// header reads an uncompressed header, and keeps what later ones inherit. It says whether
// the frame is one that was decoded before.
func (d *vp9Frames) header(r *rbsp) (shown bool) {
	r.short = r.take(2) != 2 // frame_marker
	profile := r.take(1) | r.take(1)<<1
	if profile == 3 {
		r.skip(1)
	}
	if r.flag() { // show_existing_frame
		r.skip(3)
		return true
	}
	key, show, resilient := !r.flag(), r.flag(), r.flag()
	intra, refresh := key, uint32(0xFF)
	var size vp9Size
	if !key {
		intra = !show && r.flag()
		if !resilient {
			r.skip(2) // reset_frame_context
		}
	}
	if intra {
		r.short = r.short || r.take(24) != 0x498342 // frame_sync_code
		if key || profile > 0 {
			vp9Colour(r, profile)
		}
		if !key {
			refresh = r.take(8)
		}
		size = vp9FrameSize(r)
		renderSize(r)
	} else {
		refresh = r.take(8)
		size = d.inter(r)
	}
	if !resilient {
		r.skip(2) // refresh_frame_context, frame_parallel_decoding_mode
	}
	r.skip(2) // frame_context_idx
	vp9Filters(r)
	vp9Segmentation(r)
	vp9Tiles(r, size.width)
	r.short = r.short || r.take(16) == 0 // header_size_in_bytes
	if r.short {
		return false
	}
	for i := range d.sizes {
		if refresh>>i&1 == 1 {
			d.sizes[i] = size
		}
	}
	return false
}

// vp9Colour reads color_config (§6.2.2).
func vp9Colour(r *rbsp, profile uint32) {
	if profile >= 2 {
		r.skip(1) // ten_or_twelve_bit
	}
	rgb := r.take(3) == 7
	if !rgb {
		r.skip(1) // color_range
	}
	switch {
	case profile&1 == 0:
	case rgb:
		r.skip(1)
	default:
		r.skip(3) // subsampling_x, subsampling_y
	}
}

func vp9FrameSize(r *rbsp) vp9Size {
	return vp9Size{int(r.take(16)) + 1, int(r.take(16)) + 1}
}

// inter reads what frames have that refer to others, and returns their size.
func (d *vp9Frames) inter(r *rbsp) vp9Size {
	var references [3]uint32
	for i := range references {
		references[i] = r.take(3)
		r.skip(1) // ref_frame_sign_bias
	}
	var size vp9Size
	found := false
	for _, i := range references {
		if found = r.flag(); found {
			size = d.sizes[i]
			break
		}
	}
	if !found {
		size = vp9FrameSize(r)
	}
	renderSize(r)
	r.skip(1)      // allow_high_precision_mv
	if !r.flag() { // is_filter_switchable
		r.skip(2)
	}
	return size
}

// vp9Filters reads loop_filter_params and quantization_params.
func vp9Filters(r *rbsp) {
	r.skip(9)                 // loop_filter_level, loop_filter_sharpness
	if r.flag() && r.flag() { // loop_filter_delta_enabled, _update
		for range 4 + 2 {
			if r.flag() {
				r.skip(7)
			}
		}
	}
	r.skip(8) // base_q_idx
	for range 3 {
		if r.flag() { // delta_coded
			r.skip(5)
		}
	}
}

// vp9Segmentation reads segmentation_params (§6.2.11).
func vp9Segmentation(r *rbsp) {
	if !r.flag() {
		return
	}
	probabilities := func(n int) {
		for range n {
			if r.flag() { // prob_coded
				r.skip(8)
			}
		}
	}
	if r.flag() { // segmentation_update_map
		probabilities(7)
		if r.flag() { // segmentation_temporal_update
			probabilities(3)
		}
	}
	if !r.flag() { // segmentation_update_data
		return
	}
	r.skip(1) // segmentation_abs_or_delta_update
	for range 8 {
		for _, n := range [...]int{9, 7, 2, 0} { // with their signs
			if r.flag() {
				r.skip(n)
			}
		}
	}
}

// vp9Tiles reads tile_info (§6.2.13). Tiles are 256 to 4096 pixels wide.
func vp9Tiles(r *rbsp, width int) {
	superblocks := (width + 63) / 64
	n := log2(64, superblocks)
	for superblocks>>(n+1) >= 4 && r.flag() { // increment_tile_cols_log2
		n++
	}
	if r.flag() { // tile_rows_log2
		r.skip(1)
	}
}
