package xray

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/Eyevinn/mp4ff/mp4"
)

// psshBox is a pssh box with what the system is told.
type psshBox struct {
	system, says string
	kids         []string
}

// psshIn reads data as a pssh box, nil when it is none.
func psshIn(data []byte) *psshBox {
	if len(data) < 8 || string(data[4:8]) != "pssh" {
		return nil
	}
	b, err := mp4.DecodeBox(0, bytes.NewReader(data))
	if err != nil {
		return nil
	}
	return psshOf(b.(*mp4.PsshBox))
}

func psshOf(b *mp4.PsshBox) *psshBox {
	out := &psshBox{system: systemName(b.SystemID.String())}
	for _, k := range b.KIDs {
		out.kids = append(out.kids, uuid(k.String()))
	}
	kids, says := told(out.system, b.Data)
	out.kids = append(out.kids, kids...)
	words := []string{fmt.Sprintf("version %d", b.Version)}
	if says != "" {
		words = append(words, says)
	}
	out.says = strings.Join(words, ", ")
	return out
}

// init reads the protection of the tracks of an initialization segment and
// returns that of the first: its tenc.
func (r *Report) init(data []byte) *mp4.TencBox {
	const in = "initialization segment"
	if len(data) == 0 {
		return nil
	}
	f, err := mp4.DecodeFile(bytes.NewReader(data))
	if err != nil || f.Moov == nil {
		r.add(in, "bytes", "they are no boxes: the segment is encrypted as a whole")
		return nil
	}
	var first *mp4.TencBox
	for _, trak := range f.Moov.Traks {
		if trak.Mdia == nil || trak.Mdia.Minf == nil || trak.Mdia.Minf.Stbl == nil || trak.Mdia.Minf.Stbl.Stsd == nil {
			continue
		}
		for _, e := range trak.Mdia.Minf.Stbl.Stsd.Children {
			var sinf *mp4.SinfBox
			switch e := e.(type) {
			case *mp4.VisualSampleEntryBox:
				sinf = e.Sinf
			case *mp4.AudioSampleEntryBox:
				sinf = e.Sinf
			}
			if sinf == nil || sinf.Schi == nil || sinf.Schi.Tenc == nil {
				continue
			}
			t := sinf.Schi.Tenc
			words := []string{}
			if sinf.Schm != nil {
				words = append(words, sinf.Schm.SchemeType)
			}
			if t.DefaultCryptByteBlock|t.DefaultSkipByteBlock != 0 {
				words = append(words, fmt.Sprintf("pattern %d:%d", t.DefaultCryptByteBlock, t.DefaultSkipByteBlock))
			}
			if t.DefaultPerSampleIVSize > 0 {
				words = append(words, fmt.Sprintf("IVs of %d bytes", t.DefaultPerSampleIVSize))
			} else {
				words = append(words, "constant IV "+hex.EncodeToString(t.DefaultConstantIV))
			}
			r.add(in, "tenc", strings.Join(words, ", "), uuid(t.DefaultKID.String()))
			if first == nil {
				first = t
			}
		}
	}
	for _, b := range f.Moov.Psshs {
		p := psshOf(b)
		r.add(in, p.system+" pssh", p.says, p.kids...)
	}
	return first
}

// perSampleIV is the size in bytes of initialization vectors where no tenc says
// it: in Smooth Streaming, which has no initialization segment.
const perSampleIV = 8

// fragment maps the samples of a fragment of a track with a tenc, nil where none
// is known.
func (r *Report) fragment(data []byte, t *mp4.TencBox) {
	if len(data) == 0 {
		return
	}
	data, own := ownKey(data)
	f, err := mp4.DecodeFile(bytes.NewReader(data))
	if err != nil || len(f.Segments) == 0 || len(f.Segments[0].Fragments) == 0 {
		return // no fMP4, or encrypted as a whole
	}
	moof := f.Segments[0].Fragments[0].Moof
	if moof == nil || moof.Traf == nil {
		return
	}
	traf := moof.Traf
	size, what := byte(perSampleIV), "senc"
	var constant []byte
	if t != nil {
		size, constant = t.DefaultPerSampleIVSize, t.DefaultConstantIV
		r.Crypt, r.Skip = int(t.DefaultCryptByteBlock), int(t.DefaultSkipByteBlock)
	}
	senc := traf.Senc
	if traf.UUIDSenc != nil {
		senc, what = traf.UUIDSenc.Senc, "PIFF senc"
	}
	if senc == nil && t == nil {
		return // in the clear
	}
	if senc != nil && (senc.ReadButNotParsed() || senc.IsParsedByGuess()) {
		if err := senc.ParseReadBox(size, traf.Saiz); err != nil {
			r.add("fragment", what, "the box cannot be read: "+err.Error())
			return
		}
	}
	subsamples := 0
	for _, run := range traf.Truns {
		for _, s := range run.Samples {
			r.Samples = append(r.Samples, sampleOf(int(s.Size), len(r.Samples), senc, constant, t))
			subsamples += len(r.Samples[len(r.Samples)-1].Ranges)
		}
	}
	says := fmt.Sprintf("%d samples, %d subsamples", len(r.Samples), subsamples)
	if senc == nil {
		what, says = "trun", fmt.Sprintf("%d samples, whole blocks of each", len(r.Samples))
	}
	if own != "" {
		r.add("fragment", what, says, own)
		return
	}
	r.add("fragment", what, says)
	if traf.Sgpd == nil {
		return
	}
	for _, e := range traf.Sgpd.SampleGroupEntries {
		if e, ok := e.(*mp4.SeigSampleGroupEntry); ok {
			r.add("fragment", "seig", "", uuid(e.KID.String()))
		}
	}
}

// sampleOf maps sample i. Without subsamples it is protected as a whole, with
// cbcs as far as its last whole block (ISO/IEC 23001-7 §9.7).
func sampleOf(size, i int, senc *mp4.SencBox, constant []byte, t *mp4.TencBox) Sample {
	s := Sample{Size: size, IV: constant}
	if senc != nil && i < len(senc.IVs) {
		s.IV = senc.IVs[i]
	}
	if senc == nil || i >= len(senc.SubSamples) || len(senc.SubSamples[i]) == 0 {
		protected := size
		if t != nil && t.DefaultPerSampleIVSize == 0 {
			protected -= size % 16
		}
		s.Ranges = []Range{{0, protected}}
		if protected < size {
			s.Ranges = append(s.Ranges, Range{Clear: size - protected})
		}
		return s
	}
	for _, p := range senc.SubSamples[i] {
		s.Ranges = append(s.Ranges, Range{int(p.BytesOfClearData), int(p.BytesOfProtectedData)})
	}
	return s
}
