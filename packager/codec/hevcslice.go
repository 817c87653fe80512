package codec

import (
	"math/bits"

	"github.com/Eyevinn/mp4ff/hevc"
)

// hevcSlices reads slice segment headers of HEVC (ISO/IEC 23008-2 §7.3.6).
type hevcSlices struct {
	sps map[uint32]*hevc.SPS
	pps map[uint32]*hevc.PPS
}

func newHEVCSlices() sliceHeader {
	return &hevcSlices{sps: make(map[uint32]*hevc.SPS), pps: make(map[uint32]*hevc.PPS)}
}

func (h *hevcSlices) learn(unit []byte) {
	switch hevcNAL.kind(unit[0]) {
	case hevcSPS:
		if s, err := hevc.ParseSPSNALUnit(unit); err == nil {
			h.sps[uint32(s.SpsID)] = s
		}
	case hevcPPS:
		if p, err := hevc.ParsePPSNALUnit(unit, h.sps); err == nil {
			h.pps[p.PicParameterSetID] = p
		}
	}
}

const (
	hevcIRAP = 16 // first of the intra random access point pictures
	hevcIDRW = 19 // IDR_W_RADL
	hevcIDRN = 20 // IDR_N_LP
)

// maxHEVCRefs is the largest num_ref_idx_active_minus1 (§7.4.7.1).
const maxHEVCRefs = 14

// slice types of HEVC
const (
	hevcB = 0
	hevcP = 1
)

func (h *hevcSlices) read(r *rbsp) {
	kind := hevcNAL.kind(r.unit[0])
	first := r.flag() // first_slice_segment_in_pic_flag
	if kind >= hevcIRAP && kind < 24 {
		r.take(1)
	}
	pps := h.pps[r.ue()]
	if pps == nil || h.sps[pps.SeqParameterSetID] == nil {
		r.short = true
		return
	}
	sps := h.sps[pps.SeqParameterSetID]
	dependent := false
	if !first {
		if pps.DependentSliceSegmentsEnabledFlag {
			dependent = r.flag()
		}
		r.take(ceilLog2(hevcBlocks(sps)))
	}
	if !dependent {
		hevcIndependent(r, sps, pps, kind)
	}
	if pps.TilesEnabledFlag || pps.EntropyCodingSyncEnabledFlag {
		if n := r.ue(); n > 0 && !r.short {
			each := int(r.ue()) + 1
			if n > 8*MaxSliceHeader || each > 32 {
				r.short = true
				return
			}
			r.skip(int(n) * each)
		}
	}
	if pps.SliceSegmentHeaderExtensionPresentFlag {
		r.skip(8 * int(min(r.ue(), MaxSliceHeader)))
	}
	r.take(1) // byte_alignment()
}

// hevcBlocks returns PicSizeInCtbsY.
func hevcBlocks(s *hevc.SPS) uint {
	size := uint(1) << (s.Log2MinLumaCodingBlockSizeMinus3 + 3 + s.Log2DiffMaxMinLumaCodingBlockSize)
	return (uint(s.PicWidthInLumaSamples) + size - 1) / size * ((uint(s.PicHeightInLumaSamples) + size - 1) / size)
}

// hevcIndependent reads what a dependent slice segment takes from the one
// before it.
func hevcIndependent(r *rbsp, sps *hevc.SPS, pps *hevc.PPS, kind byte) {
	r.skip(int(pps.NumExtraSliceHeaderBits))
	slice := r.ue()
	if pps.OutputFlagPresentFlag {
		r.take(1)
	}
	if sps.SeparateColourPlaneFlag {
		r.take(2)
	}
	chroma := sps.ChromaFormatIDC != 0 && !sps.SeparateColourPlaneFlag
	pictures, counted, temporal := 0, true, false // NumPicTotalCurr
	if kind != hevcIDRW && kind != hevcIDRN {
		pictures, counted = hevcReferences(r, sps)
		temporal = sps.SpsTemporalMvpEnabledFlag && r.flag()
	}
	sao := false
	if sps.SampleAdaptiveOffsetEnabledFlag {
		sao = r.flag()
		if chroma {
			sao = r.flag() || sao
		}
	}
	if slice == hevcP || slice == hevcB {
		hevcPredicted(r, sps, pps, slice == hevcB, pictures, counted, temporal, chroma)
	}
	r.ue() // slice_qp_delta
	if pps.SliceChromaQpOffsetsPresentFlag {
		r.ue()
		r.ue()
	}
	if pps.SccExtension != nil && pps.SccExtension.SliceActQpOffsetsPresentFlag {
		r.ue()
		r.ue()
		r.ue()
	}
	if pps.RangeExtension != nil && pps.RangeExtension.ChromaQpOffsetListEnabledFlag {
		r.take(1)
	}
	filtered := !pps.DeblockingFilterDisabledFlag
	if pps.DeblockingFilterOverrideEnabledFlag && r.flag() {
		if filtered = !r.flag(); filtered {
			r.ue()
			r.ue()
		}
	}
	if pps.LoopFilterAcrossSlicesEnabledFlag && (sao || filtered) {
		r.take(1)
	}
}

// hevcReferences reads the reference picture sets. It counts the pictures that
// the current one may refer to; counted is false where it cannot: for sets
// that are predicted from others.
func hevcReferences(r *rbsp, sps *hevc.SPS) (pictures int, counted bool) {
	r.take(int(sps.Log2MaxPicOrderCntLsbMinus4) + 4)
	n := len(sps.ShortTermRefPicSets)
	counted = true
	if !r.flag() {
		pictures, counted = hevcShortTerm(r, sps)
	} else if n > 0 {
		s := sps.ShortTermRefPicSets[min(int(r.take(ceilLog2(uint(n)))), n-1)]
		for _, used := range [][]bool{s.UsedByCurrPicS0, s.UsedByCurrPicS1} {
			for _, u := range used {
				if u {
					pictures++
				}
			}
		}
		counted = int(s.NumDeltaPocs) == len(s.UsedByCurrPicS0)+len(s.UsedByCurrPicS1)
	}
	if !sps.LongTermRefPicsPresentFlag {
		return pictures, counted
	}
	listed := uint32(0)
	if sps.NumLongTermRefPics > 0 {
		listed = r.ue()
	}
	total := listed + r.ue()
	for i := uint32(0); i < total && !r.short; i++ {
		used := false
		if i >= listed {
			r.take(int(sps.Log2MaxPicOrderCntLsbMinus4) + 4)
			used = r.flag()
		} else if k := int(r.take(ceilLog2(uint(sps.NumLongTermRefPics)))); k < len(sps.LongTermRefPicSets) {
			used = sps.LongTermRefPicSets[k].UsedByCurrPicLtFlag
		}
		if used {
			pictures++
		}
		if r.flag() {
			r.ue()
		}
	}
	return pictures, counted
}

// hevcShortTerm reads st_ref_pic_set of a slice header (§7.3.7).
func hevcShortTerm(r *rbsp, sps *hevc.SPS) (pictures int, counted bool) {
	if n := len(sps.ShortTermRefPicSets); n > 0 && r.flag() { // inter_ref_pic_set_prediction_flag
		back := int(r.ue()) + 1
		r.take(1)
		r.ue()
		if back > n || r.short {
			r.short = true
			return 0, false
		}
		for range int(sps.ShortTermRefPicSets[n-back].NumDeltaPocs) + 1 {
			if !r.flag() {
				r.take(1)
			}
		}
		return 0, false
	}
	for n := r.ue() + r.ue(); n > 0 && !r.short; n-- {
		r.ue()
		if r.flag() {
			pictures++
		}
	}
	return pictures, true
}

// hevcPredicted reads what P and B slices have.
func hevcPredicted(r *rbsp, sps *hevc.SPS, pps *hevc.PPS, twice bool, pictures int, counted, temporal, chroma bool) {
	refs := [2]uint32{uint32(pps.NumRefIdxL0DefaultActiveMinus1), uint32(pps.NumRefIdxL1DefaultActiveMinus1)}
	if r.flag() {
		refs[0] = r.ue()
		if twice {
			refs[1] = r.ue()
		}
	}
	lists := 1
	if twice {
		lists = 2
	}
	if refs[0] > maxHEVCRefs || refs[1] > maxHEVCRefs {
		r.short = true
		return
	}
	own := pps.SccExtension != nil && pps.SccExtension.CurrPicRefEnabledFlag
	if own {
		pictures++
	}
	if pps.ListsModificationPresentFlag {
		if !counted || own && (pps.WeightedPredFlag || pps.WeightedBipredFlag) {
			r.short = true
			return
		}
		if pictures > 1 {
			for _, n := range refs[:lists] {
				if r.flag() {
					r.skip(int(n+1) * ceilLog2(uint(pictures)))
				}
			}
		}
	}
	if twice {
		r.take(1) // mvd_l1_zero_flag
	}
	if pps.CabacInitPresentFlag {
		r.take(1)
	}
	if temporal {
		from := 0
		if twice && !r.flag() { // collocated_from_l0_flag
			from = 1
		}
		if refs[from] > 0 {
			r.ue()
		}
	}
	if pps.WeightedPredFlag && !twice || pps.WeightedBipredFlag && twice {
		hevcWeights(r, refs[:lists], chroma)
	}
	r.ue() // five_minus_max_num_merge_cand
	if sps.SccExtension != nil && sps.SccExtension.MotionVectorResolutionControlIdc == 2 {
		r.take(1)
	}
}

// hevcWeights reads pred_weight_table (§7.3.6.3).
func hevcWeights(r *rbsp, refs []uint32, chroma bool) {
	r.ue()
	if chroma {
		r.ue()
	}
	for _, n := range refs {
		luma, colour := r.take(int(n)+1), uint32(0)
		if chroma {
			colour = r.take(int(n) + 1)
		}
		for range 2*bits.OnesCount32(luma) + 4*bits.OnesCount32(colour) {
			r.ue()
		}
	}
}

// ceilLog2 returns Ceil(Log2(n)).
func ceilLog2(n uint) int {
	if n <= 1 {
		return 0
	}
	return bits.Len(n - 1)
}
