package codec

import (
	"github.com/Eyevinn/mp4ff/avc"
)

// h264Slices reads slice headers of H.264 (ISO/IEC 14496-10 §7.3.3).
type h264Slices struct {
	sps map[uint32]*avc.SPS
	pps map[uint32]*avc.PPS
}

func newH264Slices() sliceHeader {
	return &h264Slices{sps: make(map[uint32]*avc.SPS), pps: make(map[uint32]*avc.PPS)}
}

func (h *h264Slices) learn(unit []byte) {
	switch h264NAL.kind(unit[0]) {
	case h264SPS:
		if s, err := avc.ParseSPSNALUnit(unit, false); err == nil {
			h.sps[s.ParameterID] = s
		}
	case h264PPS:
		if p, err := avc.ParsePPSNALUnit(unit, h.sps); err == nil {
			h.pps[p.PicParameterSetID] = p
		}
	}
}

const h264IDR = 5

// maxH264Refs is the largest num_ref_idx_active_minus1, of fields (§7.4.3).
const maxH264Refs = 31

func (h *h264Slices) read(r *rbsp) {
	kind, refIDC := h264NAL.kind(r.unit[0]), r.unit[0]>>5&3
	if kind == 3 || kind == 4 || kind > 19 { // data partitions, and the other views of MVC
		r.short = true
		return
	}
	r.ue() // first_mb_in_slice
	slice := r.ue() % 5
	pps := h.pps[r.ue()]
	if pps == nil || h.sps[pps.SeqParameterSetID] == nil {
		r.short = true
		return
	}
	sps := h.sps[pps.SeqParameterSetID]
	predicted, twice := slice == 0 || slice == 1 || slice == 3, slice == 1 // P, B, SP; B
	if sps.SeparateColourPlaneFlag {
		r.take(2)
	}
	r.take(int(sps.Log2MaxFrameNumMinus4) + 4)
	field := false
	if !sps.FrameMbsOnlyFlag {
		if field = r.flag(); field {
			r.take(1)
		}
	}
	if kind == h264IDR {
		r.ue()
	}
	delta := pps.BottomFieldPicOrderInFramePresentFlag && !field
	switch {
	case sps.PicOrderCntType == 0:
		r.take(int(sps.Log2MaxPicOrderCntLsbMinus4) + 4)
		if delta {
			r.ue()
		}
	case sps.PicOrderCntType == 1 && !sps.DeltaPicOrderAlwaysZeroFlag:
		r.ue()
		if delta {
			r.ue()
		}
	}
	if pps.RedundantPicCntPresentFlag {
		r.ue()
	}
	if twice {
		r.take(1) // direct_spatial_mv_pred_flag
	}
	var refs [2]uint32
	if predicted {
		refs = [2]uint32{uint32(pps.NumRefIdxI0DefaultActiveMinus1), uint32(pps.NumRefIdxI1DefaultActiveMinus1)}
		if r.flag() {
			refs[0] = r.ue()
			if twice {
				refs[1] = r.ue()
			}
		}
		r.short = r.short || refs[0] > maxH264Refs || refs[1] > maxH264Refs
	}
	lists := 0
	if predicted {
		lists = 1
	}
	if twice {
		lists = 2
	}
	for range lists {
		h264Modification(r)
	}
	if pps.WeightedPredFlag && predicted && !twice || pps.WeightedBipredIDC == 1 && twice {
		h264Weights(r, refs[:lists], sps.ChromaArrayType() != 0)
	}
	if refIDC != 0 {
		h264Marking(r, kind == h264IDR)
	}
	if pps.EntropyCodingModeFlag && predicted {
		r.ue() // cabac_init_idc
	}
	r.ue() // slice_qp_delta
	if slice == 3 {
		r.take(1)
	}
	if slice >= 3 {
		r.ue() // slice_qs_delta
	}
	if pps.DeblockingFilterControlPresentFlag && r.ue() != 1 {
		r.ue()
		r.ue()
	}
	if pps.NumSliceGroupsMinus1 > 0 && pps.SliceGroupMapType >= 3 && pps.SliceGroupMapType <= 5 {
		r.short = true // slice_group_change_cycle: nobody has these
	}
}

// h264Modification reads ref_pic_list_modification of one list (§7.3.3.1).
func h264Modification(r *rbsp) {
	if !r.flag() {
		return
	}
	for !r.short {
		if r.ue() == 3 {
			return
		}
		r.ue()
	}
}

// h264Weights reads pred_weight_table (§7.3.3.2).
func h264Weights(r *rbsp, refs []uint32, chroma bool) {
	r.ue()
	if chroma {
		r.ue()
	}
	for _, n := range refs {
		for i := uint32(0); i <= n && !r.short; i++ {
			if r.flag() {
				r.ue()
				r.ue()
			}
			if chroma && r.flag() {
				for range 4 {
					r.ue()
				}
			}
		}
	}
}

// h264Marking reads dec_ref_pic_marking (§7.3.3.3).
func h264Marking(r *rbsp, idr bool) {
	if idr {
		r.take(2)
		return
	}
	if !r.flag() {
		return
	}
	for !r.short {
		switch r.ue() {
		case 0:
			return
		case 3:
			r.ue()
			r.ue()
		case 5:
		default:
			r.ue()
		}
	}
}
